// To the payment window, and back from it: paid, refused, or nobody knows yet.

import { aboutShop, ask, look } from "./api.js";
import { busy, button, h, link, notice, won } from "./dom.js";
import { countCart } from "./cart.js";
import { summary } from "./orders.js";

const LAST_ORDER = "ef.dev.order";
const DEPOSIT_PENDING = "40900002";
const LONGEST_NAME = 100;

/** The partner's script, loaded once. */
function loadWindow(address) {
  if (window.TossPayments) return Promise.resolve(window.TossPayments);
  return new Promise((resolve, reject) => {
    const script = h("script", { src: address });
    script.addEventListener("load", () => resolve(window.TossPayments));
    script.addEventListener("error", () => {
      script.remove();
      reject(new Error("결제창을 불러오지 못했습니다. 샌드박스가 켜져 있는지 확인해 주세요."));
    });
    document.head.append(script);
  });
}

/** Sends the buyer to the payment window. Its answer is an address of ours. */
export async function openWindow(order) {
  const about = await aboutShop();
  if (!about.paymentScript) throw new Error("이 화면은 샌드박스의 결제창만 엽니다. 지금은 다른 결제사가 설정되어 있습니다.");
  const TossPayments = await loadWindow(about.paymentScript);
  sessionStorage.setItem(LAST_ORDER, String(order.orderNumber));
  const names = order.orderItems.map((item) => item.productName);
  const name = names.length > 1 ? `${names[0]} 외 ${names.length - 1}건` : names[0];
  await TossPayments(about.clientKey).payment({ customerKey: crypto.randomUUID() }).requestPayment({
    method: "CARD",
    amount: { currency: "KRW", value: order.totalPrice },
    orderId: String(order.orderNumber),
    orderName: name.slice(0, LONGEST_NAME),
    successUrl: `${location.origin}/dev/complete`,
    failUrl: `${location.origin}/dev/failed`,
  });
}

/** A button that opens the window again for an order that is not paid yet. */
export function payAgain(number, say) {
  const pressed = button("다시 결제하기", undefined);
  pressed.id = "again";
  pressed.addEventListener("click", busy(pressed, "결제창을 여는 중…", async () => openWindow(await look(`/api/orders/${number}`)), say));
  return pressed;
}

const toOrder = (number) => link(`/dev/orders/${number}`, "주문 보기", "button quiet");

/** Back from the window with a promise to pay: the shop takes the money now. */
export async function complete({ query, refresh }) {
  const number = query.get("orderId") ?? "";
  if (!/^\d{1,16}$/.test(number) || !query.get("paymentKey")) {
    return notice("calm", "확인할 결제가 없습니다", "결제창에서 돌아온 주소가 아닙니다.", link("/dev/orders", "주문 내역 보기"));
  }
  const body = { paymentKey: query.get("paymentKey"), orderId: number, amount: Number(query.get("amount")) };
  try {
    await ask("POST", "/api/payments/toss/confirm", body);
  } catch (error) {
    if (error.status === 401) throw error;
    return outcome(error, number, refresh);
  }
  await countCart();
  const order = await look(`/api/orders/${number}`);
  return h("div", { class: "narrow", id: "complete" },
    notice("good", "주문이 완료되었습니다", `${order.recipientName} 님께 곧 보내 드리겠습니다. ${won(order.payment?.amount ?? order.totalPrice)}을 결제했습니다.`,
      toOrder(number), link("/dev", "더 둘러보기")),
    summary(order));
}

function outcome(error, number, refresh) {
  if (error.code === DEPOSIT_PENDING) {
    return notice("calm", "입금을 기다리고 있습니다", "가상계좌로 입금하시면 주문이 확정되고 알림이 옵니다.", toOrder(number));
  }
  if (error.isUnknown) {
    return notice("calm", "결제 결과를 확인하고 있습니다",
      "결제사가 아직 대답하지 않았습니다. 두 번 결제되지 않으니 안심하고 기다려 주세요. 확인되는 대로 주문 내역에 나타납니다.",
      button("다시 확인", refresh), toOrder(number));
  }
  if (error.status >= 500) return notice("bad", "지금은 확인할 수 없습니다", error.message, button("다시 확인", refresh), toOrder(number));
  return refused("결제가 승인되지 않았습니다", error.message, number);
}

/** Back from the window without one. */
export async function failed({ query }) {
  const number = query.get("orderId") ?? sessionStorage.getItem(LAST_ORDER);
  const gaveUp = query.get("code") === "PAY_PROCESS_CANCELED" || query.get("code") === "USER_CANCEL";
  const title = gaveUp ? "결제를 그만두셨습니다" : "결제하지 못했습니다";
  return refused(title, query.get("message") ?? "결제창에서 결제가 끝나지 않았습니다.", number);
}

function refused(title, text, number) {
  const known = /^\d{1,16}$/.test(number ?? "");
  const said = h("p", { class: "said", is: { role: "alert" } });
  return h("div", { class: "narrow", id: "refused" },
    notice("bad", title, `${text} 돈은 나가지 않았고, 담아 두신 상품은 그대로 있습니다.`,
      known ? payAgain(number, (words) => { said.textContent = words; }) : null,
      known ? toOrder(number) : link("/dev/orders", "주문 내역 보기", "button quiet")), said);
}
