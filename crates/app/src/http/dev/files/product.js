// A product: what is in it, and how much of it is wanted.

import { ask, hasSignedIn, look } from "./api.js";
import { busy, button, h, picture, stepper, toast, won } from "./dom.js";
import { countCart } from "./cart.js";
import { isOut, price, stars } from "./shelf.js";

const MOST = 999;
const NUTRIENTS = [
  ["calories", "열량", "kcal"], ["carbs", "탄수화물", "g"], ["sugars", "당류", "g"], ["fiber", "식이섬유", "g"],
  ["protein", "단백질", "g"], ["fat", "지방", "g"], ["saturatedFat", "포화지방", "g"], ["transFat", "트랜스지방", "g"],
  ["cholesterol", "콜레스테롤", "mg"], ["sodium", "나트륨", "mg"],
];
const GOALS = [
  ["muscle-gain", "근육 늘리기"], ["weight-loss", "체중 줄이기"], ["energy", "에너지"], ["recovery", "회복"], ["health", "건강"],
];

export async function product({ names: [id], go }) {
  const found = await look(`/api/products/${id}`);
  document.title = `${found.name} · 에너지팩토리`;
  return h("article", { class: "product" },
    h("div", { class: "frame large" }, picture(found.imageUrl, found.name)),
    h("div", { class: "about" },
      h("p", { class: "brand-name" }, [found.brand, found.category].filter(Boolean).join(" · ")),
      h("h1", {}, found.name),
      h("p", { class: "facts" }, stars(found), found.tags.map((tag) => h("span", { class: "tag" }, tag.name))),
      price(found),
      found.description ? h("p", { class: "story" }, found.description) : null,
      choosing(found, go),
      h("dl", { class: "terms" },
        found.storage ? [h("dt", {}, "보관"), h("dd", {}, found.storage)] : null,
        found.shipping?.estimatedDays ? [h("dt", {}, "배송"), h("dd", {}, found.shipping.estimatedDays)] : null)),
    h("div", { class: "facts-below" }, nutrition(found), vitamins(found), goals(found)));
}

function choosing(found, go) {
  if (isOut(found)) {
    const gone = found.status === "DISCONTINUED" ? "더 팔지 않는 상품입니다." : "지금은 모두 팔렸습니다. 다시 들어오면 여기에서 살 수 있습니다.";
    return h("p", { class: "sold-out", is: { role: "status" } }, h("b", {}, "품절"), ` ${gone}`);
  }
  let variant = found.variants.find((one) => one.availableStock > 0);
  let quantity = 1;
  const place = h("div", { class: "choosing" });
  const draw = () => place.replaceChildren(
    h("fieldset", { class: "variants" }, h("legend", {}, "용량"), found.variants.map((one) => choice(one))),
    h("div", { class: "amount" }, stepper(quantity, Math.min(MOST, variant.availableStock), found.name, (wanted) => {
      quantity = wanted;
      draw();
    }), h("p", { class: "total" }, h("span", {}, "합계"), h("b", {}, won(variant.price * quantity)))),
    h("div", { class: "actions" }, adding(), buying()));
  const choice = (one) => {
    const input = h("input", { type: "radio", name: "variant", value: one.id, checked: one === variant, disabled: one.availableStock <= 0 });
    input.addEventListener("change", () => {
      variant = one;
      quantity = Math.min(quantity, one.availableStock);
      draw();
      place.querySelector("input:checked").focus();
    });
    const left = one.availableStock <= 0 ? "품절" : one.availableStock <= 5 ? `${one.availableStock}개 남음` : "";
    return h("label", {}, input, h("span", {}, h("b", {}, one.name), ` ${won(one.price)}`, left ? h("small", {}, left) : null));
  };
  const put = () => ask("POST", "/api/cart", { productId: found.id, variantId: variant.id, quantity });
  const signedIn = () => {
    if (hasSignedIn()) return true;
    go(`/dev/login?next=${encodeURIComponent(location.pathname)}`);
    return false;
  };
  const adding = () => {
    const pressed = button("장바구니 담기", undefined, "button quiet");
    pressed.id = "add";
    pressed.addEventListener("click", busy(pressed, "담는 중…", async () => {
      if (!signedIn()) return;
      await put();
      await countCart();
      toast(`${found.name} ${quantity}개를 담았습니다.`);
    }));
    return pressed;
  };
  const buying = () => {
    const pressed = button("바로 구매", undefined);
    pressed.id = "buy";
    pressed.addEventListener("click", busy(pressed, "담는 중…", async () => {
      if (!signedIn()) return;
      await put();
      await go("/dev/cart");
    }));
    return pressed;
  };
  draw();
  return place;
}

function nutrition(found) {
  if (!found.nutrition) return null;
  const { protein, carbs, fat } = found.nutrition;
  const energy = protein * 4 + carbs * 4 + fat * 9;
  const share = (grams, each) => (energy > 0 ? Math.round((grams * each * 100) / energy) : 0);
  const bar = (name, percent) => h("li", {}, h("span", {}, name), h("meter", { max: 100, value: percent, title: `${name} ${percent}%` }), h("b", {}, `${percent}%`));
  const row = ([key, name, unit]) => (found.nutrition[key] === undefined ? null
    : h("tr", {}, h("th", { is: { scope: "row" } }, name), h("td", {}, `${found.nutrition[key].toLocaleString("ko-KR")} ${unit}`)));
  return h("section", { class: "card" }, h("h2", {}, "영양 성분 ", h("small", {}, "100g 기준")),
    h("ul", { class: "bars" }, bar("탄수화물", share(carbs, 4)), bar("단백질", share(protein, 4)), bar("지방", share(fat, 9))),
    h("table", { class: "nutrition" }, h("tbody", {}, NUTRIENTS.map(row))));
}

function vitamins(found) {
  if (!found.vitaminsAndMinerals?.length) return null;
  const row = (one) => h("li", {}, h("span", {}, one.name, h("small", {}, one.amount)),
    h("meter", { max: 100, value: Math.min(100, one.daily), title: `하루 기준치의 ${one.daily}%` }), h("b", {}, `${one.daily}%`));
  return h("section", { class: "card" }, h("h2", {}, "비타민과 무기질 ", h("small", {}, "하루 기준치에 대하여")),
    h("ul", { class: "bars" }, found.vitaminsAndMinerals.map(row)));
}

function goals(found) {
  const scores = GOALS.filter(([key]) => typeof found.goalScores?.[key] === "number");
  if (!scores.length) return null;
  const row = ([key, name]) => h("li", {}, h("span", {}, name), h("meter", { max: 5, value: found.goalScores[key] }),
    h("b", {}, found.goalScores[key].toFixed(1)));
  return h("section", { class: "card" }, h("h2", {}, "이런 목표에 ", h("small", {}, "5점 만점")), h("ul", { class: "bars" }, scores.map(row)));
}
