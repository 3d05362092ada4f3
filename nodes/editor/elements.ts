/** Elements of dialogs that are made by script. Texts go in as text, never as HTML. */

/** A cell of a table. */
export const cell = (...content: readonly (Node | string)[]): HTMLTableCellElement => {
  const td = document.createElement('td');
  td.append(...content);
  return td;
};

/** A row of a table. */
export const row = (...cells: readonly (Node | string)[]): HTMLTableRowElement => {
  const tr = document.createElement('tr');
  tr.append(...cells.map((content) => cell(content)));
  return tr;
};

/** A table with heads. */
export const table = (heads: readonly string[], rows: readonly HTMLTableRowElement[]): HTMLTableElement => {
  const element = document.createElement('table');
  element.className = 'exchange-erp-table';
  const head = element.createTHead().insertRow();
  for (const text of heads) head.append(Object.assign(document.createElement('th'), { textContent: text }));
  element.createTBody().append(...rows);
  return element;
};

/** A list to choose from. */
export const choice = (values: readonly string[], chosen: string, label: string, text: (value: string) => string): HTMLSelectElement => {
  const select = document.createElement('select');
  select.setAttribute('aria-label', label);
  select.append(...values.map((value) => new Option(text(value), value, value === chosen, value === chosen)));
  return select;
};

/** A small button with an icon of Font Awesome. */
export const iconButton = (icon: string, label: string, press: () => void): HTMLButtonElement => {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'red-ui-button red-ui-button-small';
  button.title = label;
  button.setAttribute('aria-label', label);
  button.append(Object.assign(document.createElement('i'), { className: `fa fa-${icon}` }));
  button.addEventListener('click', press);
  return button;
};

/** A field with its label above it. */
export const labelled = (text: string, field: HTMLElement): HTMLLabelElement => {
  const label = document.createElement('label');
  label.className = 'exchange-erp-part';
  label.append(text, field);
  return label;
};

/** Text in the colour of errors. */
export const wrong = (text: string): HTMLElement =>
  Object.assign(document.createElement('div'), { className: 'exchange-erp-wrong', textContent: text });
