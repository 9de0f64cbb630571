/** Keeps cookies between requests, as a browser does for the front end; Node's own `fetch` keeps none. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** `fetch` with this jar's cookies. */
  readonly fetch = async (request: Request): Promise<Response> => {
    const headers = new Headers(request.headers);
    headers.set("cookie", [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(new Request(request, { headers }));
    for (const line of response.headers.getSetCookie()) {
      const pair = line.split(";", 1)[0] ?? "";
      const at = pair.indexOf("=");
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  };
}
