export interface ApiAnswer<T> {
  data: T;
  warnings: string[];
  infos: string[];
}

/** A refusal by the server (its type and words), or by the network on the way. */
export class ApiError extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

type Parameters = Record<string, string | string[] | undefined>;

/** The path under which the server answers, ending in a slash: the <base> of the page, so that a route prefix works. */
export function basePath(): string {
  return new URL(document.baseURI).pathname.replace(/[^/]*$/, '');
}

export function encodeParameters(parameters: Parameters): URLSearchParams {
  const encoded = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    for (const one of Array.isArray(value) ? value : value === undefined ? [] : [value]) encoded.append(name, one);
  return encoded;
}

export function getApi<T>(path: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<ApiAnswer<T>> {
  const query = encodeParameters(parameters).toString();
  return call<T>(`${basePath()}api/v1/${path}${query ? `?${query}` : ''}`, { signal });
}

/** Queries go by POST: expressions outgrow what fits into an address. */
export function postApi<T>(path: string, parameters: Parameters, signal?: AbortSignal): Promise<ApiAnswer<T>> {
  return call<T>(`${basePath()}api/v1/${path}`, { method: 'POST', body: encodeParameters(parameters), signal });
}

async function call<T>(url: string, init: RequestInit): Promise<ApiAnswer<T>> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, credentials: 'same-origin', headers: { Accept: 'application/json' } });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError('network', 'The server cannot be reached.');
  }
  return readEnvelope<T>(response.status, await response.text());
}

export function readEnvelope<T>(status: number, body: string): ApiAnswer<T> {
  let answer: { status?: string; data?: T; errorType?: string; error?: string; warnings?: string[]; infos?: string[] };
  try {
    answer = JSON.parse(body);
  } catch {
    throw new ApiError('bad_response', plainFailure(status, body));
  }
  if (answer?.status !== 'success')
    throw new ApiError(answer?.errorType ?? 'bad_response', answer?.error ?? `The server answered with status ${status}.`);
  return { data: answer.data as T, warnings: answer.warnings ?? [], infos: answer.infos ?? [] };
}

function plainFailure(status: number, body: string): string {
  if (status === 503) return 'The server is starting or stopping and is not ready to answer.';
  if (status === 404) return 'This server does not offer this part of the API.';
  const text = body.trim().slice(0, 200);
  return `The server answered with status ${status}${text && !text.startsWith('<') ? `: ${text}` : '.'}`;
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
