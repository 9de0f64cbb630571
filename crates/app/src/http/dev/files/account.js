// Signing up, in and out.

import { aboutShop, ask, noteSignedIn } from "./api.js";
import { busy, button, field, h, link, toast } from "./dom.js";

/** Says who is here, and shows what is for him. `null`: a visitor. */
export function showWho(me) {
  for (const part of document.querySelectorAll("[data-for]")) {
    part.hidden = (part.dataset.for === "member") !== Boolean(me);
  }
  document.getElementById("who").textContent = me ? `${me.name} 님, 반갑습니다.` : "둘러보는 중입니다.";
}

/** Only to pages of ours. */
const next = (query) => (/^\/dev(?:\/|$)/.test(query.get("next") ?? "") ? query.get("next") : "/dev");

async function enter(work, query, go) {
  await work();
  noteSignedIn(true);
  window.dispatchEvent(new Event("signed-in"));
  await go(next(query), true);
}

const said = () => h("p", { class: "said", is: { role: "alert" } });

function sayIn(place) {
  return (text) => { place.textContent = text; };
}

/** Everything typed into the form, by name. */
const typed = (form) => Object.fromEntries(new FormData(form));

export async function logIn({ query, go }) {
  const about = await aboutShop();
  const complaint = said();
  const submit = h("button", { class: "button wide", type: "submit" }, "로그인");
  const form = h("form", { class: "card form", id: "log-in-form" },
    h("h1", {}, "로그인"),
    field("email", "이메일", { type: "email", autocomplete: "username" }),
    field("password", "비밀번호", { type: "password", autocomplete: "current-password" }),
    complaint, submit, h("p", { class: "aside" }, "처음이신가요? ", link("/dev/signup", "회원가입", "")));
  const post = (email, password) => enter(() => ask("POST", "/api/auth/login", { email, password }), query, go);
  form.addEventListener("submit", busy(submit, "확인하는 중…", () => {
    complaint.textContent = "";
    return post(form.email.value, form.password.value);
  }, sayIn(complaint)));
  return h("div", { class: "narrow" }, form, demo(about, post, sayIn(complaint), form));
}

/** The demo accounts: one press each, where this browser may know the password. */
function demo(about, post, say, form) {
  const role = (email) => (email.startsWith("admin@") ? "관리자" : "손님");
  const door = ({ email, opens }) => {
    const pressed = button(`${role(email)}으로 들어가기`, undefined, "button quiet");
    pressed.dataset.demo = role(email) === "손님" ? "shopper" : "admin";
    if (role(email) === "관리자") pressed.textContent = "관리자로 들어가기";
    const enters = opens && about.password;
    pressed.addEventListener("click", busy(pressed, "들어가는 중…", async () => {
      if (enters) return post(email, about.password);
      form.email.value = email;
      return form.password.focus();
    }, say));
    return h("li", {}, pressed, h("small", {}, email, opens ? "" : " (전에 정한 비밀번호를 씁니다)"));
  };
  const hint = about.password
    ? "비밀번호 없이 눌러서 들어가 볼 수 있습니다."
    : "비밀번호는 서버를 켠 터미널에 적혀 있습니다. 이 컴퓨터 밖에서도 열리는 서버라 여기에는 보이지 않습니다.";
  return h("section", { class: "card" }, h("h2", {}, "체험용 계정"), h("p", { class: "aside" }, hint),
    h("ul", { class: "doors" }, about.accounts.map(door)));
}

export async function signUp({ query, go }) {
  const complaint = said();
  const submit = h("button", { class: "button wide", type: "submit" }, "가입하고 시작하기");
  const form = h("form", { class: "card form", id: "sign-up-form" },
    h("h1", {}, "회원가입"),
    field("name", "이름", { autocomplete: "name", maxLength: 50 }),
    field("email", "이메일", { type: "email", autocomplete: "username" }),
    field("password", "비밀번호", { type: "password", autocomplete: "new-password", minLength: 8,
      hint: "여덟 자 이상, 영문 대·소문자와 숫자, 특수문자를 섞어 주세요." }),
    field("phoneNumber", "휴대전화", { type: "tel", placeholder: "010-1234-5678", pattern: "010-\\d{4}-\\d{4}",
      title: "010-1234-5678처럼 적어 주세요.", autocomplete: "tel-national" }),
    field("birthDate", "생년월일", { type: "date", min: "1900-01-01", autocomplete: "bday" }),
    field("address", "주소", { autocomplete: "street-address", maxLength: 200 }),
    complaint, submit, h("p", { class: "aside" }, "이미 회원이신가요? ", link("/dev/login", "로그인", "")));
  form.addEventListener("submit", busy(submit, "가입하는 중…", async () => {
    complaint.textContent = "";
    await enter(() => ask("POST", "/api/users/signup", typed(form)), query, go);
    toast("가입을 환영합니다.");
  }, sayIn(complaint)));
  return h("div", { class: "narrow" }, form);
}

export async function logOut() {
  await ask("POST", "/api/auth/logout").catch(() => null);
  noteSignedIn(false);
  window.dispatchEvent(new Event("signed-out"));
}
