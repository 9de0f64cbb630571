// The cart, and the form that turns it into an order.

import { ask, hasSignedIn, look } from "./api.js";
import { busy, button, field, h, link, notice, picture, stepper, toast, won } from "./dom.js";
import { openWindow } from "./payment.js";

const MOST = 999;

/** Tells the header how much is in the cart. */
export async function countCart() {
  const mark = document.getElementById("in-cart");
  const cart = hasSignedIn() ? await look("/api/cart").catch(() => null) : null;
  const count = cart?.items.length ?? 0;
  mark.textContent = String(count);
  mark.hidden = count === 0;
}

export async function cart({ refresh }) {
  const [filled, me, addresses] = await Promise.all([
    look("/api/cart"), look("/api/users/me"), look("/api/users/me/addresses").catch(() => null),
  ]);
  if (filled.items.length === 0) {
    return notice("calm", "장바구니가 비어 있습니다", "마음에 드는 상품을 골라 담아 보세요.", link("/dev", "상품 보러 가기"));
  }
  const changed = async () => {
    await refresh();
    await countCart();
  };
  return h("div", { class: "checkout" },
    h("section", { class: "card lines" }, h("h1", {}, "장바구니"), h("ul", {}, filled.items.map((item) => line(item, changed)))),
    ordering(filled, me, usual(addresses)));
}

/** The address that is delivered to by default, whichever way the list comes. */
function usual(addresses) {
  const list = Array.isArray(addresses) ? addresses : addresses?.addresses ?? [];
  return list.find((address) => address.isDefault) ?? list[0] ?? null;
}

function line(item, changed) {
  const lacking = !item.isAvailable;
  const change = async (quantity) => {
    try {
      await ask("PATCH", `/api/cart/${item.id}`, { quantity });
    } catch (error) {
      toast(error.message, "bad");
    }
    await changed();
  };
  const drop = button("빼기", async () => {
    await ask("DELETE", `/api/cart/${item.id}`).catch((error) => toast(error.message, "bad"));
    await changed();
  }, "plain");
  return h("li", { class: lacking ? "line out" : "line" },
    h("a", { href: `/dev/products/${item.productId}`, class: "frame small", is: { "aria-hidden": "true", tabindex: "-1" } }, picture(item.productImageUrl, item.productName)),
    h("div", { class: "what" },
      h("a", { href: `/dev/products/${item.productId}`, class: "name" }, item.productName),
      h("p", {}, `${item.variantName} · ${won(item.price)}`),
      lacking ? h("p", { class: "warn" }, "재고가 모자랍니다. 수량을 줄이거나 빼 주세요.") : null,
      h("div", { class: "amount" }, stepper(item.quantity, MOST, item.productName, change), drop,
        h("b", { class: "sum" }, won(item.totalPrice)))));
}

function ordering(filled, me, address) {
  const complaint = h("p", { class: "said", is: { role: "alert" } });
  const submit = h("button", { class: "button wide", type: "submit", id: "pay" }, `${won(filled.totalPrice)} 결제하기`);
  const form = h("form", { class: "card form", id: "ordering" },
    h("h2", {}, "받으실 곳"),
    field("recipientName", "받는 분", { value: address?.recipientName ?? me.name, maxLength: 100, autocomplete: "name" }),
    field("phoneNumber", "연락처", { type: "tel", value: address?.phoneNumber ?? me.phone, pattern: "010-\\d{4}-\\d{4}",
      title: "010-1234-5678처럼 적어 주세요.", autocomplete: "tel-national" }),
    field("postalCode", "우편번호", { value: address?.postalCode ?? "04001", pattern: "\\d{5}", inputMode: "numeric",
      title: "숫자 다섯 자리", autocomplete: "postal-code" }),
    field("addressLine1", "주소", { value: address?.addressLine1 ?? me.address, maxLength: 200, autocomplete: "address-line1" }),
    field("addressLine2", "상세 주소", { value: address?.addressLine2 ?? "", required: false, maxLength: 200, autocomplete: "address-line2" }),
    h("dl", { class: "sums" }, h("dt", {}, `상품 ${filled.itemCount}가지, ${filled.totalQuantity}개`), h("dd", {}, won(filled.totalPrice))),
    complaint, submit,
    h("p", { class: "aside" }, "주문하면 재고를 15분 동안 맡아 둡니다. 결제창은 연습용이라 돈이 나가지 않습니다."));
  // The same order if the answer got lost and the button is pressed again; another one once it was told what came of it.
  let attempt = crypto.randomUUID();
  form.addEventListener("submit", busy(submit, "주문하는 중…", async () => {
    complaint.textContent = "";
    const recipient = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
    const orderItems = filled.items.map(({ productId, variantId, quantity, price }) => ({ productId, variantId, quantity, price }));
    try {
      const body = { ...recipient, addressLine2: recipient.addressLine2 || null, orderItems };
      const order = await ask("POST", "/api/orders", body, { "idempotency-key": attempt });
      attempt = crypto.randomUUID();
      await openWindow(order);
    } catch (error) {
      if (!error.isUnknown) attempt = crypto.randomUUID();
      throw error;
    }
  }, (text) => { complaint.textContent = text; }));
  return form;
}
