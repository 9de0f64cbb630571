// What was ordered, and what became of it.

import { ask, look } from "./api.js";
import { busy, button, day, h, link, moment, notice, picture, toast, won } from "./dom.js";
import { payAgain } from "./payment.js";

const PAGE_SIZE = 10;
const STATES = {
  PENDING: "결제 대기", CONFIRMED: "주문 확정", SHIPPED: "배송 중", DELIVERED: "배송 완료", CANCELLED: "취소됨",
};
const PAYMENTS = { PENDING: "결제 전", COMPLETED: "결제 완료", FAILED: "결제 안 됨", REFUNDED: "환불됨", CANCELLED: "결제 취소" };
const METHODS = {
  CREDIT_CARD: "신용카드", DEBIT_CARD: "체크카드", BANK_TRANSFER: "계좌이체", VIRTUAL_ACCOUNT: "가상계좌", MOBILE: "휴대폰",
  KAKAO_PAY: "카카오페이", NAVER_PAY: "네이버페이", TOSS_PAY: "토스페이", PAYCO: "페이코",
};

const state = (order) => h("span", { class: `state ${order.status.toLowerCase()}`, data: { status: order.status } },
  STATES[order.status] ?? order.status);

export async function orders({ query, refresh, go }) {
  const waiting = query.get("show") === "waiting";
  const number = Math.max(0, Number.parseInt(query.get("page") ?? "0", 10) || 0);
  const filter = waiting ? "&paymentStatus=PENDING" : "";
  const { orders: found, pageInfo } = await look(`/api/orders?page=${number}&size=${PAGE_SIZE}${filter}`);
  const tab = (name, text, current) => {
    const anchor = h("a", { class: "chip", href: name }, text);
    if (current) anchor.setAttribute("aria-current", "true");
    return h("li", {}, anchor);
  };
  const address = (page) => `/dev/orders?${waiting ? "show=waiting&" : ""}page=${page}`;
  return h("div", { class: "narrow wider" },
    h("div", { class: "title" }, h("h1", {}, "주문 내역"), button("새로 고침", refresh, "plain")),
    h("ul", { class: "chips" }, tab("/dev/orders", "주문", !waiting), tab("/dev/orders?show=waiting", "결제 대기", waiting)),
    found.length === 0 ? nothing(waiting) : h("ul", { class: "orders" }, found.map(row)),
    h("p", { class: "actions" },
      pageInfo.first ? null : button("이전", () => go(address(number - 1)), "button quiet"),
      pageInfo.last ? null : button("다음", () => go(address(number + 1)), "button quiet")));
}

const nothing = (waiting) => notice("calm", waiting ? "결제를 기다리는 주문이 없습니다" : "주문하신 것이 없습니다",
  "", link("/dev", "상품 보러 가기", "button quiet"));

function row(order) {
  const more = order.itemCount > 1 ? ` 외 ${order.itemCount - 1}건` : "";
  return h("li", {}, h("a", { class: "card order", href: `/dev/orders/${order.orderNumber}` },
    h("div", { class: "frame small" }, picture(order.representativeProductImageUrl, order.representativeProductName ?? "")),
    h("div", { class: "what" }, state(order),
      h("b", { class: "name" }, `${order.representativeProductName ?? "상품"}${more}`),
      h("p", {}, `주문번호 ${order.orderNumber}`)),
    h("b", { class: "sum" }, won(order.totalPrice))));
}

export async function order({ names: [number], refresh }) {
  const found = await look(`/api/orders/${number}`);
  const said = h("p", { class: "said", is: { role: "alert" } });
  const say = (text) => { said.textContent = text; };
  const unpaid = found.status === "PENDING";
  return h("div", { class: "narrow wider" },
    h("div", { class: "title" }, h("h1", {}, "주문"), button("새로 고침", refresh, "plain")),
    summary(found),
    unpaid ? h("p", { class: "aside" }, "결제하지 않으면 맡아 둔 재고는 15분 뒤에 풀리고 주문은 취소됩니다. 가상계좌는 입금 기한까지 기다립니다.") : null,
    said,
    h("p", { class: "actions" },
      unpaid ? payAgain(number, say) : null,
      ["PENDING", "CONFIRMED"].includes(found.status) ? cancelling(number, refresh, say) : null,
      link("/dev/orders", "주문 내역", "button quiet")));
}

/** Asks once more in place, because a slip of the finger is no wish. */
function cancelling(number, refresh, say) {
  const place = h("span", {});
  const sure = button("정말 취소합니다", undefined, "button danger");
  sure.id = "sure";
  sure.addEventListener("click", busy(sure, "취소하는 중…", async () => {
    const reason = encodeURIComponent("고객 변심");
    await ask("PATCH", `/api/orders/${number}/cancel?reason=${reason}`, {});
    toast("주문을 취소했습니다.");
    await refresh();
  }, say));
  const first = button("주문 취소", () => place.replaceChildren(sure), "button quiet");
  first.id = "cancel";
  place.append(first);
  return place;
}

/** An order with all that is in it. */
export function summary(order) {
  const paid = order.payment;
  const facts = [
    ["주문번호", String(order.orderNumber)],
    ["결제", PAYMENTS[order.paymentStatus] ?? order.paymentStatus],
    paid ? ["결제 수단", METHODS[paid.paymentMethod] ?? paid.paymentMethod] : null,
    paid?.paidAt ? ["결제 시각", moment(paid.paidAt)] : null,
    ["받는 분", `${order.recipientName} · ${order.phoneNumber}`],
    ["주소", `(${order.postalCode}) ${[order.addressLine1, order.addressLine2].filter(Boolean).join(" ")}`],
    order.status === "CONFIRMED" || order.status === "SHIPPED" ? ["도착 예정", day(order.deliveryInfo?.estimatedDeliveryDate)] : null,
  ].filter(Boolean);
  return h("section", { class: "card", id: "order", data: { number: String(order.orderNumber) } },
    h("p", { class: "head" }, state(order), h("b", { class: "sum" }, won(order.totalPrice))),
    h("ul", { class: "lines" }, order.orderItems.map(line)),
    h("dl", { class: "terms" }, facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    eaten(order.nutritionSummary));
}

const line = (item) => h("li", { class: "line" },
  h("div", { class: "frame small" }, picture(item.productImageUrl, item.productName)),
  h("div", { class: "what" }, h("a", { class: "name", href: `/dev/products/${item.productId}` }, item.productName),
    h("p", {}, `${item.variantName} · ${item.quantity}개`)),
  h("b", { class: "sum" }, won(item.totalPrice)));

function eaten(sum) {
  if (!sum || !(sum.totalCalories > 0)) return null;
  const one = (name, value, unit) => h("li", {}, h("b", {}, `${Math.round(value).toLocaleString("ko-KR")}${unit}`), h("span", {}, name));
  return h("ul", { class: "eaten", is: { "aria-label": "주문 전체의 영양" } }, one("열량", sum.totalCalories, "kcal"),
    one("탄수화물", sum.totalCarbs, "g"), one("단백질", sum.totalProtein, "g"), one("지방", sum.totalFat, "g"));
}
