// What is behind the shop: documents, the partners' stand-ins, and how the server feels.

import { aboutShop } from "./api.js";
import { h } from "./dom.js";

const CHECKS = [["/healthz", "서버"], ["/readyz", "데이터베이스"]];

export async function tools() {
  const about = await aboutShop();
  const states = await Promise.all(CHECKS.map(async ([path, name]) => {
    const fine = await fetch(path).then((answer) => answer.ok, () => false);
    return h("li", {}, h("span", { class: fine ? "lamp on" : "lamp" }), `${name} ${fine ? "정상" : "응답 없음"}`, h("code", {}, path));
  }));
  const door = (href, title, text) => h("li", {}, h("a", { class: "card door", href, target: "_blank", rel: "noopener" },
    h("b", {}, title), h("p", {}, text)));
  const sandbox = about.sandbox;
  return h("div", {},
    h("section", { class: "welcome" }, h("h1", {}, "안쪽 둘러보기"),
      h("p", {}, "이 화면도 공개된 API만 씁니다. 여기에서 보이는 모든 것을 직접 불러 볼 수 있습니다.")),
    h("ul", { class: "doors-out" },
      door("/swagger-ui/", "API 문서", "모든 주소를 읽고 그 자리에서 불러 봅니다."),
      door("/api-docs/openapi.json", "OpenAPI", "기계가 읽는 같은 문서. 클라이언트를 만들 때 씁니다."),
      sandbox ? door(`${sandbox}/`, "샌드박스", "결제사, 네이버, 메일 서버를 대신합니다. 입금과 장애도 여기에서 일으킵니다.") : null,
      sandbox ? door(`${sandbox}/mail`, "받은 편지함", "매장이 보낸 메일이 모두 모입니다. 인증번호도 여기에 있습니다.") : null),
    h("section", { class: "card" }, h("h2", {}, "상태"), h("ul", { class: "lamps", id: "lamps" }, states)),
    h("section", { class: "card" }, h("h2", {}, "체험용 계정"),
      h("ul", { class: "lamps" }, about.accounts.map((account) => h("li", {}, account.email))),
      h("p", { class: "aside" }, about.password ? "로그인 화면에서 눌러서 들어갈 수 있습니다." : "비밀번호는 서버를 켠 터미널에 적혀 있습니다.")));
}
