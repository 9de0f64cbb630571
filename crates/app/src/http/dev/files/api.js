// The shop's public API, called as any front end calls it: cookies, and one envelope around every answer.

const PATIENCE_MS = 10_000;
const SIGNED_IN = "ef.dev.signed-in";

/** An answer that is none, in words. `status` 0: there was no answer. */
export class Refusal extends Error {
  constructor(status, code, text, fields = []) {
    super(text);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }

  /** Whether it may have happened all the same. */
  get isUnknown() {
    return this.status === 0 || this.status === 504;
  }
}

/** Whether somebody signed in here: visitors are not asked who they are, they would only be told "nobody". */
export const hasSignedIn = () => localStorage.getItem(SIGNED_IN) === "yes";
export const noteSignedIn = (is) => (is ? localStorage.setItem(SIGNED_IN, "yes") : localStorage.removeItem(SIGNED_IN));

async function send(method, path, body, headers) {
  const json = body === undefined ? {} : { "content-type": "application/json" };
  try {
    return await fetch(path, {
      method,
      headers: { accept: "application/json", ...json, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    const late = error.name === "TimeoutError";
    throw new Refusal(0, "", late ? "서버가 제때 대답하지 않았습니다." : "서버에 연결할 수 없습니다.");
  }
}

let renewal = null;

/** One renewal for all who need one. */
function renew() {
  renewal ??= send("POST", "/api/auth/refresh", {}).then((answer) => answer.ok).finally(() => { renewal = null; });
  return renewal;
}

async function read(answer) {
  const told = await answer.json().catch(() => null);
  if (answer.ok) return told?.data ?? null;
  const fields = told?.data && typeof told.data === "object" ? Object.values(told.data).flat() : [];
  const text = told?.desc ?? `알 수 없는 대답입니다 (${answer.status}).`;
  throw new Refusal(answer.status, told?.code ?? "", text, fields.filter((field) => typeof field === "string"));
}

/** Asks the shop. An access token that ran out is renewed once, unless the question itself is about signing in. */
export async function ask(method, path, body, headers = {}) {
  let answer = await send(method, path, body, headers);
  if (answer.status === 401 && !path.startsWith("/api/auth/")) {
    if (hasSignedIn() && (await renew())) answer = await send(method, path, body, headers);
    if (answer.status === 401) {
      noteSignedIn(false);
      window.dispatchEvent(new Event("signed-out"));
    }
  }
  return read(answer);
}

export const look = (path) => ask("GET", path);

let about = null;

/** What this server tells about itself to whoever develops with it. */
export const aboutShop = () => (about ??= send("GET", "/dev/about.json").then((answer) => answer.json()));
