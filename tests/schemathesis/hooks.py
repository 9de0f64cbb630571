"""Who sends the made-up requests: nobody, a shopper or an administrator, as EF_FUZZ_ROLE says."""

import itertools
import json
import os
import urllib.request

import schemathesis

ROLE = os.environ["EF_FUZZ_ROLE"]
SHOP = os.environ["EF_SHOP"]
NUMBERS = itertools.count(1)


def post(path: str, body: dict) -> str:
    """Sends a form and returns the access token that came back as a cookie."""
    request = urllib.request.Request(
        SHOP + path, data=json.dumps(body).encode(), headers={"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        for cookie in response.headers.get_all("set-cookie"):
            if cookie.startswith("accessToken="):
                return cookie.split(";", 1)[0].removeprefix("accessToken=")
    raise AssertionError(f"{path} set no access token")


def new_shopper() -> str:
    number = next(NUMBERS)
    return post(
        "/api/users/signup",
        {
            "name": "무작위",
            "email": f"fuzz-{number}@example.com",
            "password": "Almonds-4-all!",
            "phoneNumber": f"010-{number // 10000:04}-{number % 10000:04}",
            "birthDate": "1990-05-05",
            "address": "서울특별시 종로구 세종대로 1",
        },
    )


def administrator() -> str:
    return post(
        "/api/auth/login",
        {"email": "admin@energy-factory.kr", "password": os.environ["EF_FUZZ_PASSWORD"]},
    )


def shelf() -> list[dict]:
    """What can be bought: made-up numbers name a product now and then, but never with its variant and its price."""
    with urllib.request.urlopen(SHOP + "/api/products?status=AVAILABLE&size=8", timeout=30) as response:
        products = json.load(response)["data"]["products"]
    return [
        {"productId": product["id"], "variantId": variant["id"], "price": variant["price"]}
        for product in products
        for variant in product["variants"]
    ]


GOODS = itertools.cycle(shelf())


def is_line(value) -> bool:
    return isinstance(value, dict) and isinstance(value.get("quantity"), int)


@schemathesis.hook("map_body").apply_to(path="/api/orders", method="POST")
def order_what_is_there(context, body):
    if isinstance(body, dict) and isinstance(body.get("orderItems"), list):
        for line in filter(is_line, body["orderItems"][:3]):
            line.update(next(GOODS), quantity=1)
        body["orderItems"] = body["orderItems"][:3]
    return body


@schemathesis.hook("map_body").apply_to(path="/api/cart", method="POST")
def add_what_is_there(context, body):
    if is_line(body):
        good = next(GOODS)
        body.update(productId=good["productId"], variantId=good["variantId"], quantity=1)
    return body


if ROLE != "nobody":
    # Made-up requests end sessions, change passwords and close accounts. Whoever falls out comes back at the next turn:
    # a shopper as somebody new.
    @schemathesis.auth(refresh_interval=10)
    class SignedIn:
        def get(self, case, context):
            return new_shopper() if ROLE == "shopper" else administrator()

        def set(self, case, token, context):
            case.headers = case.headers or {}
            case.headers["Authorization"] = f"Bearer {token}"
