// Which page is shown at which address, and what stands around it.

import { hasSignedIn, look } from "./api.js";
import { button, h, notice, toast } from "./dom.js";
import { logIn, logOut, showWho, signUp } from "./account.js";
import { cart, countCart } from "./cart.js";
import { closeStream, notices, openStream } from "./notices.js";
import { order, orders } from "./orders.js";
import { complete, failed } from "./payment.js";
import { product } from "./product.js";
import { shelf } from "./shelf.js";
import { tools } from "./tools.js";

const PAGES = [
  [/^\/(?:dev\/?)?$/, shelf, "상품"],
  [/^\/dev\/products\/(\d+)$/, product, "상품"],
  [/^\/dev\/cart$/, cart, "장바구니", "members"],
  [/^\/dev\/login$/, logIn, "로그인"],
  [/^\/dev\/signup$/, signUp, "회원가입"],
  [/^\/dev\/orders$/, orders, "주문 내역", "members"],
  [/^\/dev\/orders\/(\d+)$/, order, "주문", "members"],
  [/^\/dev\/complete$/, complete, "결제 확인", "members"],
  [/^\/dev\/failed$/, failed, "결제 실패", "members"],
  [/^\/dev\/notices$/, notices, "알림", "members"],
  [/^\/dev\/tools$/, tools, "개발 도구"],
];
const main = document.getElementById("main");
const search = document.getElementById("search");
let shown = 0;

/** Shows what the address names. A page that comes late, when another is wanted already, is dropped. */
async function show() {
  const turn = ++shown;
  const address = new URL(location.href);
  const [pattern, page, title, membersOnly] = PAGES.find(([pattern]) => pattern.test(address.pathname)) ?? [];
  search.q.value = address.searchParams.get("q") ?? (document.activeElement === search.q ? search.q.value : "");
  document.body.dataset.ready = "no";
  if (!page) return put(turn, notice("calm", "없는 화면입니다", "주소를 다시 확인해 주세요.", toShelf()));
  document.title = `${title} · 에너지팩토리`;
  if (membersOnly && !hasSignedIn()) return go(`/dev/login?next=${encodeURIComponent(address.pathname + address.search)}`, true);
  const patience = setTimeout(() => put(turn, h("p", { class: "waiting" }, "불러오는 중입니다…")), 150);
  try {
    const [, ...names] = pattern.exec(address.pathname);
    put(turn, await page({ names, query: address.searchParams, go, refresh: show }));
  } catch (error) {
    put(turn, wrong(error));
  } finally {
    clearTimeout(patience);
  }
}

function put(turn, ...content) {
  if (turn !== shown) return;
  main.replaceChildren(...content);
  document.body.dataset.ready = "yes";
}

function wrong(error) {
  if (error.status === 401) {
    const next = encodeURIComponent(location.pathname + location.search);
    return notice("calm", "로그인이 필요합니다", "로그인이 끝났거나 아직 하지 않으셨습니다.",
      h("a", { class: "button", href: `/dev/login?next=${next}` }, "로그인"));
  }
  if (error.status === 404) return notice("calm", "찾을 수 없습니다", error.message, toShelf());
  if (!("status" in error)) console.error(error);
  return notice("bad", "불러오지 못했습니다", error.message, button("다시 시도", show));
}

const toShelf = () => h("a", { class: "button", href: "/dev" }, "상품 보러 가기");

/** Goes to a page of ours. */
function go(address, instead = false) {
  history[instead ? "replaceState" : "pushState"](null, "", address);
  window.scrollTo(0, 0);
  return show();
}

document.addEventListener("click", (event) => {
  const anchor = event.target.closest("a[href]");
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!anchor || !plain || anchor.target || anchor.hash || anchor.origin !== location.origin) return;
  if (!/^\/dev(?:\/|$)/.test(anchor.pathname) || anchor.pathname.startsWith("/dev/about")) return;
  event.preventDefault();
  go(anchor.pathname + anchor.search).then(() => main.focus({ preventScroll: true }));
});
window.addEventListener("popstate", show);

let typed = 0;
search.addEventListener("submit", (event) => {
  event.preventDefault();
  find();
});
search.q.addEventListener("input", () => {
  clearTimeout(typed);
  typed = setTimeout(find, 250);
});

function find() {
  clearTimeout(typed);
  const words = search.q.value.trim();
  const isShelf = /^\/(?:dev\/?)?$/.test(location.pathname);
  const query = new URLSearchParams(isShelf ? location.search : "");
  if (words) query.set("q", words);
  else query.delete("q");
  const asked = query.toString();
  go(asked ? `/dev?${asked}` : "/dev", isShelf);
}

document.getElementById("log-out").addEventListener("click", async () => {
  await logOut();
  toast("로그아웃했습니다.");
  go("/dev");
});

/** What changes around the page when somebody comes or goes. */
async function greet() {
  const me = hasSignedIn() ? await look("/api/users/me").catch(() => null) : null;
  showWho(me);
  if (!me) return closeStream();
  openStream();
  await countCart();
}
window.addEventListener("signed-in", greet);
window.addEventListener("signed-out", () => { showWho(null); closeStream(); });

greet().catch((error) => toast(error.message, "bad"));
show();
