// The sandbox's stand-in for Toss's browser SDK (v2): window.TossPayments(clientKey).
// It checks its arguments as the real one does, asks the sandbox for a payment window and goes there, or shows it in a frame.
(function () {
  "use strict";

  var script = document.currentScript;
  var BASE = script ? script.src.replace(/\/v2\/standard.*$/, "") : "/toss";
  var ORIGIN = new URL(BASE, location.href).origin;
  var ANONYMOUS = "@@ANONYMOUS";
  var METHODS = ["CARD", "TRANSFER", "VIRTUAL_ACCOUNT", "MOBILE_PHONE", "CULTURE_GIFT_CERTIFICATE"];
  var NAMES = [["CARD", "신용·체크카드"], ["EASY_PAY", "간편결제"], ["TRANSFER", "계좌이체"], ["VIRTUAL_ACCOUNT", "가상계좌"], ["MOBILE_PHONE", "휴대폰"]];
  var MESSAGES = {
    INVALID_CLIENT_KEY: "클라이언트 키의 형식이 올바르지 않습니다.",
    INSECURE_KEY_USAGE: "시크릿 키는 브라우저에서 쓸 수 없습니다. 클라이언트 키를 넣어주세요.",
    NOT_SUPPORTED_WIDGET_KEY: "결제위젯 연동 키로는 결제창을 열 수 없습니다. API 개별 연동 키를 넣어주세요.",
    NOT_SUPPORTED_API_INDIVIDUAL_KEY: "API 개별 연동 키로는 결제위젯을 쓸 수 없습니다. 결제위젯 연동 키를 넣어주세요.",
    INVALID_CUSTOMER_KEY: "고객 키의 형식이 올바르지 않습니다.",
    INVALID_AMOUNT_VALUE: "금액은 숫자여야 합니다.",
    INVALID_AMOUNT_CURRENCY: "지원하지 않는 통화입니다.",
    BELOW_ZERO_AMOUNT: "금액은 0보다 커야 합니다.",
    NOT_SETUP_AMOUNT: "결제 금액이 설정되지 않았습니다. setAmount를 먼저 불러주세요.",
    NOT_SELECTED_PAYMENT_METHOD: "결제수단이 선택되지 않았습니다.",
    NEED_AGREEMENT_WITH_REQUIRED_TERMS: "필수 약관에 동의해주세요.",
    INVALID_ORDER_ID: "주문번호는 영문 대소문자, 숫자, 특수문자(-, _, =)만 6자 이상 64자 이하로 쓸 수 있습니다.",
    INVALID_ORDER_NAME: "주문 이름은 1자 이상 100자 이하여야 합니다.",
    INVALID_REQUEST: "잘못된 요청입니다.",
    INVALID_SELECTOR: "선택자에 맞는 요소가 없습니다.",
    INCORRECT_SUCCESS_URL_FORMAT: "잘못된 successUrl 입니다.",
    INCORRECT_FAIL_URL_FORMAT: "잘못된 failUrl 입니다.",
    INVALID_METADATA: "메타데이터가 올바르지 않습니다.",
    NOT_SUPPORTED_METHOD: "지원하지 않는 결제수단입니다.",
    NOT_SUPPORTED_PROMISE: "이 환경에서는 successUrl과 failUrl이 필요합니다.",
    NOT_SUPPORTED_WINDOW_TARGET: "모바일에서는 iframe 결제창을 쓸 수 없습니다.",
    ANOTHER_CALL_IN_PROGRESS: "다른 결제 요청이 진행 중입니다.",
    USER_CANCEL: "취소되었습니다"
  };

  function fail(code, message) {
    var error = new Error(message || MESSAGES[code] || code);
    error.name = "TossPaymentsError";
    error.code = code;
    return error;
  }

  function isMobile() {
    return /Android|iPhone|iPad|iPod|Mobile/i.test(navigator.userAgent);
  }

  function isText(value, least, most) {
    return typeof value === "string" && value.length >= least && value.length <= most;
  }

  function isWebAddress(value) {
    try {
      return /^https?:$/.test(new URL(value).protocol);
    } catch (_) {
      return false;
    }
  }

  function checkCustomerKey(value) {
    if (value !== ANONYMOUS && !(typeof value === "string" && /^[A-Za-z0-9\-_=.@]{2,50}$/.test(value))) {
      throw fail("INVALID_CUSTOMER_KEY");
    }
  }

  function checkAmount(amount) {
    if (!amount || typeof amount !== "object" || typeof amount.value !== "number" || !Number.isSafeInteger(amount.value)) {
      throw fail("INVALID_AMOUNT_VALUE");
    }
    if (amount.currency !== "KRW") throw fail("INVALID_AMOUNT_CURRENCY");
    if (amount.value <= 0) throw fail("BELOW_ZERO_AMOUNT");
  }

  function checkRequest(request) {
    if (!request || typeof request !== "object") throw fail("INVALID_REQUEST");
    if (!(typeof request.orderId === "string" && /^[A-Za-z0-9\-_=]{6,64}$/.test(request.orderId))) throw fail("INVALID_ORDER_ID");
    if (!isText(request.orderName, 1, 100)) throw fail("INVALID_ORDER_NAME");
    var given = request.successUrl !== undefined || request.failUrl !== undefined;
    if (given && !isWebAddress(request.successUrl)) throw fail("INCORRECT_SUCCESS_URL_FORMAT");
    if (given && !isWebAddress(request.failUrl)) throw fail("INCORRECT_FAIL_URL_FORMAT");
    if (request.windowTarget === "iframe" && isMobile()) throw fail("NOT_SUPPORTED_WINDOW_TARGET");
    if (!given && (isMobile() || request.windowTarget === "self")) throw fail("NOT_SUPPORTED_PROMISE");
    ["customerName", "customerEmail"].forEach(function (name) {
      if (request[name] != null && !isText(request[name], 0, 100)) throw fail("INVALID_REQUEST", name + "의 형식이 올바르지 않습니다.");
    });
    if (request.customerMobilePhone != null && !/^\d{8,15}$/.test(request.customerMobilePhone)) {
      throw fail("INVALID_REQUEST", "customerMobilePhone의 형식이 올바르지 않습니다.");
    }
    if (request.metadata != null) checkMetadata(request.metadata);
    return given;
  }

  function checkMetadata(metadata) {
    var keys = typeof metadata === "object" ? Object.keys(metadata) : null;
    var fits = keys && keys.length <= 5 && keys.every(function (key) {
      return key.length <= 40 && isText(metadata[key], 0, 2000);
    });
    if (!fits) throw fail("INVALID_METADATA");
  }

  // One payment request at a time, as with the real SDK.
  var current = null;

  function closeFrame() {
    if (!current) return;
    window.removeEventListener("message", current.listen);
    if (current.veil) current.veil.remove();
    current = null;
  }

  function openFrame(url, request, isWidget, resolve, reject) {
    var veil = document.createElement("div");
    veil.setAttribute("data-toss-sandbox", "window");
    veil.style.cssText = "position:fixed;inset:0;z-index:2147483647;background:rgba(0,0,0,.45);display:flex;align-items:center;justify-content:center";
    var frame = document.createElement("iframe");
    frame.title = "결제창";
    frame.src = url;
    frame.style.cssText = "width:460px;max-width:100%;height:760px;max-height:100%;border:0;border-radius:16px;background:#fff";
    veil.appendChild(frame);
    current.veil = veil;
    current.listen = function (event) {
      var told = event.data && event.data.tossSandbox;
      if (!told || event.origin !== ORIGIN || event.source !== frame.contentWindow) return;
      closeFrame();
      if (told.redirect) {
        location.assign(told.redirect);
      } else if (told.ok) {
        var result = told.result;
        if (!isWidget) delete result.paymentType;
        resolve(result);
      } else {
        reject(fail(told.error.code, told.error.message));
      }
    };
    window.addEventListener("message", current.listen);
    document.body.appendChild(veil);
  }

  function open(clientKey, customerKey, method, amount, request, isWidget) {
    return new Promise(function (resolve, reject) {
      if (current) throw fail("ANOTHER_CALL_IN_PROGRESS");
      checkAmount(amount);
      var redirects = checkRequest(request);
      var framed = !redirects || request.windowTarget === "iframe";
      current = { veil: null, listen: null, reject: reject };
      var body = Object.assign({}, request, { clientKey: clientKey, customerKey: customerKey, method: method, amount: amount, framed: framed });
      fetch(BASE + "/v2/windows", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })
        .then(function (answer) {
          return answer.json().then(function (told) {
            if (!answer.ok) throw fail(told.code, told.message);
            var url = BASE + "/window/" + encodeURIComponent(told.id);
            if (!current) throw fail("USER_CANCEL");
            if (framed) {
              openFrame(url, request, isWidget, resolve, reject);
            } else {
              current = null;
              location.assign(url);
            }
          });
        })
        .catch(function (error) {
          closeFrame();
          reject(error.code ? error : fail("UNKNOWN_ERROR", String(error && error.message)));
        });
    });
  }

  function destroy() {
    var reject = current && current.reject;
    closeFrame();
    if (reject) reject(fail("USER_CANCEL"));
  }

  function payment(clientKey, options) {
    if (/_gck_/.test(clientKey)) throw fail("NOT_SUPPORTED_WIDGET_KEY");
    var customerKey = options && options.customerKey;
    checkCustomerKey(customerKey);
    return {
      requestPayment: function (request) {
        return new Promise(function (resolve) {
          if (!request || METHODS.indexOf(request.method) < 0) throw fail("NOT_SUPPORTED_METHOD");
          resolve(open(clientKey, customerKey, request.method, request.amount, request, false));
        });
      },
      requestBillingAuth: function () {
        return Promise.reject(fail("NOT_SUPPORTED_METHOD", "샌드박스는 자동결제를 지원하지 않습니다."));
      },
      destroy: destroy
    };
  }

  function element(name, style, text) {
    var made = document.createElement(name);
    if (style) made.style.cssText = style;
    if (text) made.textContent = text;
    return made;
  }

  function place(options) {
    var found = options && options.selector && document.querySelector(options.selector);
    if (!found) throw fail("INVALID_SELECTOR");
    found.textContent = "";
    return found;
  }

  // What a rendered part of the widget tells its page about itself.
  function part(box, extra) {
    var listeners = {};
    return Object.assign({
      on: function (event, listener) {
        (listeners[event] = listeners[event] || []).push(listener);
      },
      emit: function (event, value) {
        (listeners[event] || []).forEach(function (listener) { listener(value); });
      },
      destroy: function () {
        box.remove();
        return Promise.resolve();
      }
    }, extra);
  }

  function widgets(clientKey, options) {
    if (!/_gck_/.test(clientKey)) throw fail("NOT_SUPPORTED_API_INDIVIDUAL_KEY");
    var customerKey = options && options.customerKey;
    checkCustomerKey(customerKey);
    var state = { amount: null, method: null, rendered: false, agreed: null };

    function renderPaymentMethods(where) {
      return new Promise(function (resolve) {
        if (!state.amount) throw fail("NOT_SETUP_AMOUNT");
        var box = element("div", "font:15px/1.5 sans-serif;display:grid;gap:8px;padding:4px 0");
        box.setAttribute("data-toss-sandbox", "methods");
        var group = "toss-sandbox-" + Math.random().toString(36).slice(2);
        var made = part(box, { getSelectedPaymentMethod: function () { return Promise.resolve({ code: state.method }); } });
        NAMES.forEach(function (pair, index) {
          var label = element("label", "display:flex;gap:10px;align-items:center;padding:12px 14px;border:1px solid #e5e8eb;border-radius:12px;cursor:pointer");
          var input = document.createElement("input");
          input.type = "radio";
          input.name = group;
          input.value = pair[0];
          input.checked = index === 0;
          input.addEventListener("change", function () {
            state.method = pair[0];
            made.emit("paymentMethodSelect", { code: pair[0] });
          });
          label.append(input, element("span", "", pair[1]));
          box.append(label);
        });
        state.method = NAMES[0][0];
        state.rendered = true;
        place(where).append(box);
        resolve(made);
      });
    }

    function renderAgreement(where) {
      return new Promise(function (resolve) {
        var box = element("div", "font:15px/1.5 sans-serif;padding:8px 0");
        box.setAttribute("data-toss-sandbox", "agreement");
        var label = element("label", "display:flex;gap:10px;align-items:center;cursor:pointer");
        var input = document.createElement("input");
        input.type = "checkbox";
        input.checked = true;
        state.agreed = true;
        var made = part(box, {});
        input.addEventListener("change", function () {
          state.agreed = input.checked;
          made.emit("agreementStatusChange", { agreedRequiredTerms: input.checked });
        });
        label.append(input, element("span", "", "[필수] 결제 서비스 이용 약관, 개인정보 처리 동의"));
        box.append(label);
        place(where).append(box);
        resolve(made);
      });
    }

    function requestPayment(request) {
      return new Promise(function (resolve) {
        if (!state.amount) throw fail("NOT_SETUP_AMOUNT");
        if (!state.rendered || !state.method) throw fail("NOT_SELECTED_PAYMENT_METHOD");
        if (state.agreed === false) throw fail("NEED_AGREEMENT_WITH_REQUIRED_TERMS");
        resolve(open(clientKey, customerKey, state.method, state.amount, request, true));
      });
    }

    return {
      setAmount: function (amount) {
        return new Promise(function (resolve) {
          checkAmount(amount);
          state.amount = { currency: amount.currency, value: amount.value };
          resolve();
        });
      },
      renderPaymentMethods: renderPaymentMethods,
      renderAgreement: renderAgreement,
      requestPayment: requestPayment,
      destroy: destroy
    };
  }

  function TossPayments(clientKey) {
    if (typeof clientKey === "string" && /^(test|live)_g?sk_/.test(clientKey)) throw fail("INSECURE_KEY_USAGE");
    if (typeof clientKey !== "string" || !/^(test|live)_g?ck_[A-Za-z0-9_]+$/.test(clientKey)) throw fail("INVALID_CLIENT_KEY");
    return {
      payment: function (options) { return payment(clientKey, options); },
      widgets: function (options) { return widgets(clientKey, options); }
    };
  }

  TossPayments.ANONYMOUS = ANONYMOUS;
  window.TossPayments = TossPayments;
})();
