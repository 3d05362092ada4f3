/** One request as the page shows it; never its content. */
export interface LoggedRequest {
  readonly time: string;
  readonly caller: string;
  readonly operation: string;
  /** HTTP status. */
  readonly status: number;
  /** What went wrong first, `NoError`, or nothing where the answer does not say. */
  readonly code: string;
  readonly ms: number;
}

/** The last requests of a server, newest first. */
export interface RequestLog {
  readonly add: (request: LoggedRequest) => void;
  readonly list: () => readonly LoggedRequest[];
}

const most = 50;

/** Starts empty. */
export function createRequestLog(): RequestLog {
  let last: readonly LoggedRequest[] = [];
  return {
    add: (request) => {
      last = [request, ...last.slice(0, most - 1)];
    },
    list: () => last,
  };
}

/** The first error code of an answer, or NoError. */
export const codeIn = (text: string): string => {
  const codes = Array.from(text.matchAll(/<(?:m:)?ResponseCode[^>]*>(\w+)</g), ([, code]) => code ?? '');
  return codes.find((code) => code !== 'NoError') ?? codes[0] ?? '';
};
