//! The drawings are those on disk, and the catalogue they illustrate tells the truth about itself.

use std::collections::BTreeSet;
use std::fs;

use super::{PICTURES, demo_folder, svg};

/// The daily reference values that the shares of the catalogue are counted against.
const DAILY_VALUES: &[(&str, f64, &str)] = &[
    ("비타민C", 100.0, "mg"),
    ("비타민A", 700.0, "µg"),
    ("비타민E", 11.0, "mg"),
    ("비타민D", 10.0, "µg"),
    ("비타민K", 70.0, "µg"),
    ("비타민B1", 1.2, "mg"),
    ("비타민B2", 1.4, "mg"),
    ("나이아신", 15.0, "mg"),
    ("비타민B6", 1.5, "mg"),
    ("엽산", 400.0, "µg"),
    ("비타민B12", 2.4, "µg"),
    ("칼슘", 700.0, "mg"),
    ("철", 12.0, "mg"),
    ("마그네슘", 315.0, "mg"),
    ("아연", 8.5, "mg"),
    ("셀레늄", 55.0, "µg"),
    ("칼륨", 3500.0, "mg"),
    ("인", 700.0, "mg"),
    ("망간", 3.0, "mg"),
    ("구리", 0.8, "mg"),
];

/// One product of the catalogue, as the lines that describe it.
struct Product {
    slug: String,
    text: String,
}

impl Product {
    fn line(&self, start: &str) -> &str {
        let found = self.text.lines().find(|line| line.starts_with(start));
        found.unwrap_or_else(|| panic!("{}: no line starts with {start:?}", self.slug))
    }

    /// The lines of a list that has one table a line.
    fn list(&self, name: &str) -> Vec<&str> {
        let opening = format!("{name} = [");
        let lines = self.text.lines().skip_while(|line| *line != opening).skip(1);
        lines.take_while(|line| *line != "]").collect()
    }
}

fn catalogue() -> Vec<Product> {
    let text = fs::read_to_string(demo_folder().join("catalogue.toml")).unwrap();
    let products = text.split("[[product]]\n").skip(1);
    let products = products.map(|text| Product { slug: word(text, "slug"), text: text.to_owned() });
    products.collect()
}

/// The text after `key = ` up to the end of the value, where `key` is a whole word.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let pattern = format!("{key} = ");
    let (at, _) = line.match_indices(&pattern).find(|(at, _)| {
        let before = line.get(..*at).and_then(|head| head.chars().next_back());
        before.is_none_or(char::is_whitespace)
    })?;
    line.get(at + pattern.len()..)
}

fn word(line: &str, key: &str) -> String {
    let quoted = value(line, key).unwrap_or_else(|| panic!("no {key} in {line:?}"));
    quoted.split('"').nth(1).unwrap().to_owned()
}

fn number(line: &str, key: &str) -> f64 {
    let tail = value(line, key).unwrap_or_else(|| panic!("no {key} in {line:?}"));
    let digits = tail.split([',', ' ', '}', '\n']).next().unwrap();
    digits.parse().unwrap_or_else(|_| panic!("{key} is not a number in {line:?}"))
}

#[test]
fn every_product_has_a_picture_and_every_picture_a_product() {
    let products: BTreeSet<String> = catalogue().into_iter().map(|product| product.slug).collect();
    let pictures: BTreeSet<String> = PICTURES.iter().map(|(slug, ..)| (*slug).to_owned()).collect();
    assert_eq!(products, pictures);
    let files = fs::read_dir(demo_folder().join("pictures")).unwrap();
    let files: BTreeSet<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(files, products.iter().map(|slug| format!("{slug}.svg")).collect());
}

#[test]
fn the_pictures_on_disk_are_what_the_command_draws() {
    for picture in PICTURES {
        let file = demo_folder().join("pictures").join(format!("{}.svg", picture.0));
        let stored = fs::read_to_string(&file).unwrap();
        assert!(stored == svg(picture), "{}: run `cargo xtask pictures`", file.display());
    }
}

#[test]
fn pictures_are_small_and_refer_to_nothing_outside_themselves() {
    for picture in PICTURES {
        let drawing = svg(picture);
        let (slug, ..) = picture;
        assert!(drawing.len() < 6 * 1024, "{slug} has {} bytes", drawing.len());
        for foreign in ["<script", "<image", "<text", "<style", "href=\"h", "url(h"] {
            assert!(!drawing.contains(foreign), "{slug} contains {foreign}");
        }
    }
}

#[test]
fn no_two_pictures_are_alike() {
    let drawings: BTreeSet<String> = PICTURES.iter().map(svg).collect();
    assert_eq!(drawings.len(), PICTURES.len());
}

#[test]
fn energy_follows_from_the_nutrients() {
    for product in catalogue() {
        let line = product.line("nutrition");
        let [calories, protein, carbs] = ["calories", "protein", "carbs"].map(|key| number(line, key));
        let [fat, saturated, trans] = ["fat", "saturated_fat", "trans_fat"].map(|key| number(line, key));
        let [fiber, sugars] = ["fiber", "sugars"].map(|key| number(line, key));
        let expected = 4.0 * protein + 4.0 * (carbs - fiber) + 2.0 * fiber + 9.0 * fat;
        let gap = (calories - expected).abs();
        assert!(gap <= 15.0 || gap <= calories * 0.12, "{}: {calories} kcal, not {expected}", product.slug);
        assert!(sugars + fiber <= carbs + 0.01, "{}: more sugar and fibre than carbohydrate", product.slug);
        assert!(saturated + trans <= fat, "{}: the parts of the fat exceed it", product.slug);
        assert!(protein + carbs + fat <= 100.5, "{}: more than 100 g in 100 g", product.slug);
    }
}

#[test]
fn daily_shares_follow_from_the_amounts() {
    for product in catalogue() {
        for line in product.list("vitamins") {
            let (name, unit) = (word(line, "name"), word(line, "unit"));
            let (_, reference, expected_unit) = DAILY_VALUES.iter().find(|(known, ..)| *known == name).unwrap();
            assert_eq!(unit, *expected_unit, "{}: {name}", product.slug);
            let share = number(line, "amount") / reference * 100.0;
            assert!((share - number(line, "daily")).abs() <= 0.51, "{}: {name} is {share} %", product.slug);
        }
    }
}

#[test]
fn larger_packs_cost_less_per_gram() {
    for product in catalogue() {
        let mut packs: Vec<_> = product.list("variants");
        assert!((2..=4).contains(&packs.len()), "{}: {} variants", product.slug, packs.len());
        packs.sort_by(|one, other| number(one, "grams").total_cmp(&number(other, "grams")));
        let per_gram = packs.iter().map(|pack| number(pack, "price") / number(pack, "grams"));
        assert!(per_gram.is_sorted_by(|small, large| small > large), "{}", product.slug);
    }
}

#[test]
fn variants_have_different_names_and_one_is_the_default() {
    for product in catalogue() {
        let packs = product.list("variants");
        let names: BTreeSet<String> = packs.iter().map(|pack| word(pack, "name")).collect();
        assert!(names.len() == packs.len() && !names.contains(""), "{}", product.slug);
        assert_eq!(packs.iter().filter(|pack| pack.contains("default = true")).count(), 1, "{}", product.slug);
    }
}

#[test]
fn a_discount_leads_from_the_original_price_to_the_price() {
    for product in catalogue() {
        if !product.text.contains("\ndiscount = ") {
            continue;
        }
        let original = number(product.line("original_price"), "original_price");
        let discount = number(product.line("discount"), "discount");
        let price = product.list("variants").into_iter().find(|pack| pack.contains("default = true"));
        let expected = (original * (100.0 - discount) / 100.0).round();
        assert!((number(price.unwrap(), "price") - expected).abs() < 0.5, "{}: {expected}", product.slug);
    }
}

#[test]
fn stock_agrees_with_the_status() {
    for product in catalogue() {
        let sold_out = word(product.line("status"), "status") == "OUT_OF_STOCK";
        for pack in product.list("variants") {
            assert_eq!(number(pack, "stock") < 1.0, sold_out, "{}: {pack}", product.slug);
        }
    }
}
