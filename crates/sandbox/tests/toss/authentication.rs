use crate::support::{DOCS_BASIC, Merchant, send, start};

async fn look_up_as(merchant: &Merchant, authorization: Option<&str>) -> (u16, String) {
    let mut request = merchant.client.get(format!("{}/toss/v1/payments/orders/order-none", merchant.url));
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    send(request).await.refusal()
}

fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn padded_and_unpadded_keys_are_let_in() {
    let (_sandbox, merchant) = start().await;
    for header in [DOCS_BASIC, DOCS_BASIC.trim_end_matches('=')] {
        assert_eq!(look_up_as(&merchant, Some(header)).await, refusal(404, "NOT_FOUND_PAYMENT"));
    }
}

#[tokio::test]
async fn a_missing_or_unknown_key_is_unauthorized() {
    let (_sandbox, merchant) = start().await;
    // `test_sk_nobody:`
    for header in [None, Some("Basic dGVzdF9za19ub2JvZHk6"), Some("Bearer x"), Some("Basic !!!")] {
        assert_eq!(look_up_as(&merchant, header).await, refusal(401, "UNAUTHORIZED_KEY"));
    }
}

#[tokio::test]
async fn a_key_without_its_colon_is_told_so() {
    let (_sandbox, merchant) = start().await;
    // `test_sk_zXLkKEypNArWmo50nX3lmeaxYG5R` without the colon.
    let header = "Basic dGVzdF9za196WExrS0V5cE5BcldtbzUwblgzbG1lYXhZRzVS";
    assert_eq!(look_up_as(&merchant, Some(header)).await, refusal(403, "INCORRECT_BASIC_AUTH_FORMAT"));
}

#[tokio::test]
async fn a_payment_of_the_widget_pair_is_not_confirmed_by_the_window_pair() {
    let (_sandbox, merchant) = start().await;
    let widget = "test_gck_docs_Ovk5rk1EwkEbP0W43n07xlzm";
    let body = serde_json::json!({"orderId": "order-000001", "amount": 1000, "clientKey": widget});
    let key = merchant.authenticated_with(body).await;

    let refused = send(merchant.confirm(&key, "order-000001", 1000)).await;
    assert_eq!(refused.refusal(), refusal(400, "INVALID_API_KEY"));

    // `test_gsk_docs_OaPz8L5KdmQXkzRz3y47BMw6:`
    let header = "Basic dGVzdF9nc2tfZG9jc19PYVB6OEw1S2RtUVhrelJ6M3k0N0JNdzY6";
    let body = serde_json::json!({"paymentKey": key, "orderId": "order-000001", "amount": 1000});
    let url = format!("{}/toss/v1/payments/confirm", merchant.url);
    let confirmed = send(merchant.client.post(url).header("authorization", header).json(&body)).await;
    assert_eq!(confirmed.payment()["status"], "DONE");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_refused_as_json() {
    let (_sandbox, merchant) = start().await;
    assert_eq!(send(merchant.get("/toss/v1/nothing")).await.refusal(), refusal(404, "NOT_FOUND"));
    let wrong = send(merchant.get("/toss/v1/payments/confirm")).await;
    assert_eq!(wrong.refusal(), refusal(404, "NOT_FOUND_HTTP_METHOD"));
}
