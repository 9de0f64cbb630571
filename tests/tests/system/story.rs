//! The README's story: its very lines, run by bash.

use std::process::Stdio;

use ef_tests::SourceFile;
use serde_json::json;
use tokio::process::Command;

use crate::world::{World, on_every_store};

on_every_store! { the_readme_buys_almonds }

/// The lines that a reader would paste, and a last one that tells this test what came of them.
fn story() -> String {
    let readme = SourceFile::read("README.md").text;
    let blocks = readme.split("\n```sh\n").skip(1).map(|rest| rest.split("\n```\n").next().unwrap());
    let lines = blocks.collect::<Vec<_>>().join("\n");
    format!("{lines}\nprintf '\\n%s %s %s\\n' \"$EMAIL\" \"$NUMBER\" \"$VARIANT\"\n")
}

#[expect(clippy::disallowed_methods, reason = "bash has to find curl, grep and sed")]
async fn run_in_bash(script: &str, shop: &str, sandbox: &str) -> String {
    let output = Command::new("bash")
        .args(["-e", "-u", "-o", "pipefail", "-v", "-c", script])
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap())
        .env("SHOP", shop)
        .env("SANDBOX", sandbox)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "the story ends with {}:\n{said}\n{complained}", output.status);
    said.into_owned()
}

async fn the_readme_buys_almonds(mut world: World) {
    world.open().await;
    let tables = world.tables().await;
    let stock = "SELECT CAST(SUM(stock) AS SIGNED) FROM product_variant";
    let before = tables.number(stock).await;

    let said = run_in_bash(&story(), world.url(), &world.partner().url).await;
    let results: Vec<&str> = said.trim_end().lines().next_back().unwrap().split(' ').collect();
    let [email, number, variant] = results[..] else { panic!("the story's last line: {said}") };

    let mut shopper = world.visitor();
    shopper.posts("/api/auth/login", &json!({ "email": email, "password": "Almonds-4-me!" })).await.data();
    let order = shopper.gets(&format!("/api/orders/{number}")).await.data();
    assert_eq!((&order["status"], &order["paymentStatus"]), (&json!("CONFIRMED"), &json!("COMPLETED")));
    assert_eq!(order["payment"]["amount"], order["totalPrice"]);
    assert_eq!(order["orderItems"][0]["quantity"], 2);
    let cart = shopper.gets("/api/cart").await.data();
    assert_eq!(cart["items"], json!([]), "what was paid is gone from the cart");

    assert_eq!(tables.number(stock).await, before - 2, "two packs left the shelf, and nothing else did");
    let reserved = format!("SELECT reserved_stock FROM product_variant WHERE id = {variant}");
    assert_eq!(tables.number(&reserved).await, 0, "nothing is held any more");
    let payment = "SELECT status, CASE WHEN approved_at IS NULL THEN 'never' ELSE 'approved' END FROM payments";
    assert_eq!(tables.texts(payment).await, [["COMPLETED", "approved"].map(str::to_owned)]);
    assert_eq!(tables.number("SELECT COUNT(*) FROM cart_items").await, 0);
    let truth = world.partner().payments().await;
    assert_eq!(truth.len(), 1);
    assert_eq!((&truth[0]["status"], &truth[0]["totalAmount"]), (&json!("DONE"), &order["totalPrice"]));
}
