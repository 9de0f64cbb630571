//! Draws the pictures of the demo catalogue.
//!
//! The shop may not show photographs that it has no right to, and an empty frame sells nothing; so every product of
//! `crates/app/demo/catalogue.toml` has a drawing of its own, made of a few dozen shapes. The drawings are committed:
//! `cargo xtask pictures` writes the same bytes on every machine, and a test compares them with what is on disk.
//!
//! To add one: write a function in the module of its kind, add a row to [`PICTURES`], run the command.

mod backdrop;
mod canvas;
mod dairy;
mod fruit;
mod grains;
mod meat;
mod nuts;
mod packs;
mod props;
mod seafood;
mod snacks;
mod soy;
#[cfg(test)]
mod tests;
mod vegetables;

use std::fs;
use std::path::PathBuf;

use backdrop::Mood::{self, Blush, Lemon, Lilac, Mint, Peach, Sage, Sand, Sky};
use canvas::Canvas;

/// A product's drawing: its slug, what is behind it, and how to draw it.
type Picture = (&'static str, Mood, fn(&mut Canvas));

const PICTURES: &[Picture] = &[
    ("almond", Sand, nuts::almond),
    ("walnut", Sage, nuts::walnut),
    ("cashew", Lemon, nuts::cashew),
    ("pistachio", Mint, nuts::pistachio),
    ("pumpkin-seed", Peach, nuts::pumpkin_seed),
    ("mixed-nuts", Blush, nuts::mixed_nuts),
    ("peanut-butter", Sky, nuts::peanut_butter),
    ("chicken-breast", Mint, meat::chicken_breast),
    ("smoked-chicken", Lemon, meat::smoked_chicken),
    ("chicken-sausage", Peach, meat::chicken_sausage),
    ("chicken-tender", Sage, meat::chicken_tender),
    ("beef-round", Sky, meat::beef_round),
    ("beef-striploin", Sage, meat::beef_striploin),
    ("pork-tenderloin", Lilac, meat::pork_tenderloin),
    ("smoked-duck", Mint, meat::smoked_duck),
    ("salmon", Sky, seafood::salmon),
    ("mackerel", Peach, seafood::mackerel),
    ("tuna-can", Lemon, seafood::tuna_can),
    ("shrimp", Lilac, seafood::shrimp),
    ("squid", Mint, seafood::squid),
    ("gim", Sand, seafood::gim),
    ("broccoli", Lemon, vegetables::broccoli),
    ("sweet-potato", Lilac, vegetables::sweet_potato),
    ("cherry-tomato", Mint, vegetables::cherry_tomato),
    ("paprika", Sky, vegetables::paprika),
    ("kabocha", Peach, vegetables::kabocha),
    ("carrot", Sage, vegetables::carrot),
    ("shiitake", Sand, vegetables::shiitake),
    ("banana", Sky, fruit::banana),
    ("apple", Mint, fruit::apple),
    ("blueberry", Blush, fruit::blueberry),
    ("avocado", Peach, fruit::avocado),
    ("kiwi", Lilac, fruit::kiwi),
    ("strawberry", Lemon, fruit::strawberry),
    ("brown-rice", Sage, grains::brown_rice),
    ("oatmeal", Peach, grains::oatmeal),
    ("quinoa", Mint, grains::quinoa),
    ("multigrain-bowl", Lilac, grains::multigrain_bowl),
    ("wholewheat-bread", Sky, grains::wholewheat_bread),
    ("egg", Lemon, dairy::egg),
    ("roasted-egg", Sand, dairy::roasted_egg),
    ("greek-yogurt", Blush, dairy::greek_yogurt),
    ("low-fat-milk", Sage, dairy::low_fat_milk),
    ("string-cheese", Sky, dairy::string_cheese),
    ("tofu", Peach, soy::tofu),
    ("soy-milk", Mint, soy::soy_milk),
    ("black-bean", Lilac, soy::black_bean),
    ("chickpea", Sky, soy::chickpea),
    ("whey-protein", Peach, packs::whey_protein),
    ("plant-protein", Sand, packs::plant_protein),
    ("protein-bar", Lemon, packs::protein_bar),
    ("protein-drink", Sky, packs::protein_drink),
    ("dark-chocolate", Blush, snacks::dark_chocolate),
    ("konjac-jelly", Lilac, snacks::konjac_jelly),
    ("abc-juice", Sage, snacks::abc_juice),
    ("dried-sweet-potato", Mint, snacks::dried_sweet_potato),
    ("honey", Sky, snacks::honey),
    ("olive-oil", Sand, snacks::olive_oil),
];

/// Writes every picture into the demo folder of the app.
pub fn run() -> Result<(), String> {
    let folder = demo_folder().join("pictures");
    fs::create_dir_all(&folder).map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    for picture in PICTURES {
        let (slug, ..) = picture;
        let file = folder.join(format!("{slug}.svg"));
        fs::write(&file, svg(picture)).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    Ok(())
}

fn svg(&(_, mood, draw): &Picture) -> String {
    let mut canvas = Canvas::default();
    mood.cover(&mut canvas);
    draw(&mut canvas);
    canvas.into_svg()
}

/// The folder of the catalogue, found from where this crate lies, so the command works from any directory.
fn demo_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crates/app/demo")
}
