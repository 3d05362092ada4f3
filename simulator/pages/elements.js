/** What all parts of the page need: elements found and made, and calls of the server. Everything shown goes through textContent. */

export const $ = (id) => document.getElementById(id);

export const element = (tag, className, content) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (content !== undefined) made.textContent = content;
  return made;
};

/** Calls an address of the server, JSON both ways; its refusal is thrown. */
export const call = async (path, method = 'GET', body) => {
  const response = await fetch(path, {
    method,
    headers: method === 'GET' ? {} : { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
};
