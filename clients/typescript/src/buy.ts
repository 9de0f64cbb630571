/** Buys something, from a full shelf to a paid order, and reads it back: what every client of the API comes down to. */
import { strict as assert } from "node:assert";
import { randomInt, randomUUID } from "node:crypto";
import { env } from "node:process";

import createClient from "openapi-fetch";

import { CookieJar } from "./jar.js";
import type { paths } from "./schema.js";

const shop = setting("EF_SHOP");
const sandbox = setting("EF_SANDBOX_URL");
const api = createClient<paths>({ baseUrl: shop, fetch: new CookieJar().fetch });

const shelf = await expect(api.GET("/api/products", { params: { query: { status: "AVAILABLE", size: 8 } } }));
const product = shelf.data.products.find(({ variants }) => variants.some(({ availableStock }) => availableStock > 1));
const variant = product?.variants.find(({ availableStock }) => availableStock > 1);
assert(product && variant, "nothing is for sale");

const shopper = {
  name: "이견과",
  email: `client-${randomUUID()}@example.com`,
  phoneNumber: `010-${digits(4)}-${digits(4)}`,
};
await expect(
  api.POST("/api/users/signup", {
    body: { ...shopper, password: "Almonds-4-me!", birthDate: "1990-05-05", address: "서울특별시 종로구 세종대로 1" },
  }),
);

const line = { productId: product.id, variantId: variant.id, quantity: 2 };
await expect(api.POST("/api/cart", { body: line }));

const placing = {
  params: { header: { "Idempotency-Key": randomUUID() } },
  body: {
    recipientName: shopper.name,
    phoneNumber: shopper.phoneNumber,
    postalCode: "03172",
    addressLine1: "서울특별시 종로구 세종대로 1",
    orderItems: [{ ...line, price: variant.price }],
  },
};
const placed = (await expect(api.POST("/api/orders", placing))).data;
const again = (await expect(api.POST("/api/orders", placing))).data;
assert.equal(again.orderNumber, placed.orderNumber, "one key placed two orders");
assert.equal(placed.totalPrice, 2 * variant.price);

const confirmed = await expect(
  api.POST("/api/payments/toss/confirm", {
    body: { paymentKey: await authorised(placed.orderNumber, placed.totalPrice), orderId: String(placed.orderNumber), amount: placed.totalPrice },
  }),
);
assert.equal(confirmed.data.paymentStatus, "COMPLETED");

const order = await expect(api.GET("/api/orders/{orderNumber}", { params: { path: { orderNumber: placed.orderNumber } } }));
assert.equal(order.data.status, "CONFIRMED");
const cart = await expect(api.GET("/api/cart"));
assert.equal(cart.data.items.length, 0, "what was bought is still in the cart");
console.log(`bought 2 x ${product.name} for ${order.data.totalPrice} won, order ${order.data.orderNumber}`);

/** What the API answers if it agrees; a refusal ends the script with the shop's own words. */
async function expect<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  assert(data !== undefined, `${response.url}: ${response.status} ${JSON.stringify(error)}`);
  return data;
}

/** The buyer agrees in the partner's window: the sandbox does so at a word. Returns the payment's key. */
async function authorised(order: number, amount: number): Promise<string> {
  const response = await fetch(`${sandbox}/toss/control/payments`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ orderId: String(order), amount }),
  });
  const { paymentKey } = (await response.json()) as { paymentKey: string };
  return paymentKey;
}

function digits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, "0");
}

function setting(name: string): string {
  const value = env[name];
  assert(value, `${name} is not set`);
  return value;
}
