// What is on the shelf.

import { look } from "./api.js";
import { button, h, notice, picture, won } from "./dom.js";

const PAGE_SIZE = 12;
const ORDERS = [
  ["createdAt,desc", "새로 나온 순"],
  ["price,asc", "낮은 가격순"],
  ["price,desc", "높은 가격순"],
  ["name,asc", "이름순"],
];

export async function shelf({ query, go }) {
  const [categories, first] = await Promise.all([look("/api/products/categories"), page(query, 0)]);
  const cards = h("ul", { class: "shelf" }, first.products.map(card));
  const words = query.get("q");
  const total = first.pageInfo.totalElements;
  return h("div", {},
    words || query.get("category") ? null : welcome(),
    chips(categories, query),
    h("div", { class: "above" },
      h("p", { class: "found", is: { role: "status" } },
        words ? `‘${words}’ 검색 결과 ${total.toLocaleString("ko-KR")}개` : `상품 ${total.toLocaleString("ko-KR")}개`),
      sorting(query, go)),
    total === 0 ? nothing(words) : cards,
    first.pageInfo.last ? null : more(query, cards));
}

const welcome = () => h("section", { class: "welcome" },
  h("h1", {}, "오늘 먹은 것이 내일의 힘"),
  h("p", {}, "영양 성분을 숫자로 보고 고르는 건강한 먹거리. 마음에 드는 것을 골라 끝까지 주문해 보세요."));

const nothing = (words) => notice("calm", "찾으시는 상품이 없습니다",
  words ? "다른 말로 찾아보시거나 분류를 ‘전체’로 바꿔 보세요." : "이 분류에는 아직 상품이 없습니다.",
  h("a", { class: "button quiet", href: "/dev" }, "전체 상품 보기"));

function page(query, number) {
  const words = query.get("q");
  const asked = new URLSearchParams({ page: number, size: PAGE_SIZE, sort: query.get("sort") ?? ORDERS[0][0] });
  if (query.get("category")) asked.set("category", query.get("category"));
  if (words) asked.set("q", words);
  return look(`/api/products${words ? "/search" : ""}?${asked}`);
}

function chips(categories, query) {
  const chosen = query.get("category") ?? "";
  const chip = (name, text) => {
    const address = new URLSearchParams(query);
    if (name) address.set("category", name);
    else address.delete("category");
    const anchor = h("a", { class: "chip", href: `/dev?${address}` }, text);
    if (name === chosen) anchor.setAttribute("aria-current", "true");
    return h("li", {}, anchor);
  };
  return h("nav", { class: "filters", is: { "aria-label": "분류" } },
    h("ul", { class: "chips" }, chip("", "전체"), categories.map((name) => chip(name, name))));
}

function sorting(query, go) {
  const chosen = query.get("sort") ?? ORDERS[0][0];
  const options = ORDERS.map(([value, text]) => h("option", { value, selected: value === chosen }, text));
  const change = (event) => {
    const address = new URLSearchParams(query);
    address.set("sort", event.target.value);
    go(`/dev?${address}`);
  };
  return h("label", { class: "sorting" }, h("span", { class: "unseen" }, "정렬"), h("select", { on: { change } }, options));
}

function more(query, cards) {
  let number = 0;
  const pressed = button("더 보기", async () => {
    pressed.disabled = true;
    pressed.textContent = "불러오는 중…";
    try {
      const next = await page(query, number + 1);
      number += 1;
      cards.append(...next.products.map(card));
      if (next.pageInfo.last) pressed.remove();
      pressed.textContent = "더 보기";
    } catch (error) {
      pressed.textContent = `${error.message} 다시 시도`;
    }
    pressed.disabled = false;
  }, "button quiet more");
  return pressed;
}

/** What can be bought of a product at all. */
export const isOut = (product) =>
  product.status === "OUT_OF_STOCK" || product.status === "DISCONTINUED" ||
  product.variants.every((variant) => variant.availableStock <= 0);

export const stars = (product) => product.reviewCount > 0
  ? h("span", { class: "stars" }, `★ ${product.averageRating.toFixed(1)}`,
      h("span", {}, ` (${product.reviewCount.toLocaleString("ko-KR")})`))
  : null;

export const price = (product) => h("p", { class: "price" },
  product.discount ? h("em", {}, `${product.discount}%`) : null,
  h("b", {}, won(product.price)),
  product.originalPrice && product.originalPrice > product.price ? h("s", {}, won(product.originalPrice)) : null);

function card(product) {
  const out = isOut(product);
  return h("li", {}, h("a", { class: out ? "good out" : "good", href: `/dev/products/${product.id}`, data: { status: product.status } },
    h("div", { class: "frame" }, picture(product.imageUrl, product.name), out ? h("span", { class: "badge" }, "품절") : null),
    h("p", { class: "brand-name" }, product.brand ?? product.category),
    h("h2", {}, product.name),
    price(product),
    h("p", { class: "facts" }, stars(product), product.tags.slice(0, 2).map((tag) => h("span", { class: "tag" }, tag)))));
}
