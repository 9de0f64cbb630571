//! What decisions about a product come to.

use crate::shared::{AuditAction, ProductId, Timestamp, UserId, VariantId, Version, Won};

use super::sheet::{FieldEdit, ProductFields, ProductSheet, VariantFields, VariantSheet};
use super::shelf_change::{Editor, NewProduct, ProductEdit, ShelfChange, VariantChange, VariantEdit, VariantRefusal};
use super::{ProductStatus, WeightUnit};

fn won(amount: i64) -> Won {
    Won::try_new(amount).unwrap()
}

fn by() -> Editor {
    Editor { user: UserId::new(1), at: Timestamp::from_millis(0).unwrap() }
}

fn variant(id: i64, name: &str, price: i64, grams: f64, is_default: bool) -> VariantSheet {
    let fields = VariantFields { name: name.to_owned(), price: won(price), grams, is_default };
    VariantSheet { id: VariantId::new(id), fields, stock: 9, reserved: 2 }
}

fn almonds() -> ProductSheet {
    let fields = ProductFields::new("아몬드".to_owned(), "견과".to_owned(), won(8_500), WeightUnit::Gram);
    ProductSheet {
        id: ProductId::new(3),
        version: Version::new(7),
        is_retired: false,
        fields: fields.with([FieldEdit::Weight(300.0)]),
        tags: vec!["고단백".to_owned()],
        variants: vec![variant(5, "300g", 8_500, 300.0, true), variant(6, "1kg", 25_000, 1_000.0, false)],
        nutrients: Vec::new(),
    }
}

fn edit(fields: impl Into<Vec<FieldEdit>>) -> ProductEdit {
    ProductEdit { fields: fields.into(), tags: None }
}

/// The variants after the change: id (0 for a new one), price and whether it is the default one.
fn after(sheet: &ProductSheet, change: &ShelfChange) -> Vec<(i64, i64, bool)> {
    let mut variants: Vec<_> = sheet.variants.iter().map(|variant| (variant.id, variant.fields.clone())).collect();
    for change in change.variants() {
        match change {
            VariantChange::Add(fields) => variants.push((VariantId::new(0), fields.clone())),
            VariantChange::Set(id, fields) => {
                for known in variants.iter_mut().filter(|known| known.0 == *id) {
                    known.1 = fields.clone();
                }
            }
            VariantChange::Erase(id) => variants.retain(|it| it.0 != *id),
        }
    }
    variants.into_iter().map(|(id, fields)| (id.get(), fields.price.get(), fields.is_default)).collect()
}

#[test]
fn a_new_product_can_be_bought_in_one_variant() {
    let fields = ProductFields::new("두유".to_owned(), "음료".to_owned(), won(2_000), WeightUnit::Litre);
    let product = NewProduct { fields: fields.with([FieldEdit::Weight(1.5)]), tags: Vec::new() };
    let variant = product.variant();
    assert_eq!(
        (variant.name.as_str(), variant.price, variant.grams, variant.is_default),
        ("1.5l", won(2_000), 1_500.0, true)
    );
}

#[test]
fn without_a_weight_a_product_weighs_what_its_nutrition_refers_to() {
    for (unit, weight, name) in [(WeightUnit::Gram, 100.0, "100g"), (WeightUnit::Kilogram, 0.1, "0.1kg")] {
        let fields = ProductFields::new("x".to_owned(), "y".to_owned(), Won::ZERO, unit);
        assert!((fields.weight - weight).abs() < 1e-9);
        assert_eq!(fields.variant_name(), name);
    }
}

#[test]
fn the_default_variant_follows_price_and_weight_of_its_product() {
    let sheet = almonds();
    let change = sheet.edit(edit([FieldEdit::Price(won(9_000)), FieldEdit::Weight(250.0)]), by()).unwrap();
    let followed = VariantFields { name: "250g".to_owned(), price: won(9_000), grams: 250.0, is_default: true };
    assert_eq!(change.variants(), [VariantChange::Set(VariantId::new(5), followed)]);
    assert_eq!((change.version(), change.entry().action), (Version::new(7), AuditAction::ProductEdited));
    let fields: Vec<_> = change.entry().changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["price", "weight", "variants.300g.name", "variants.300g.price", "variants.300g.weightGrams"]);
}

#[test]
fn a_variant_keeps_a_name_that_somebody_gave_it() {
    let mut sheet = almonds();
    sheet.variants = vec![variant(5, "한 봉지", 8_500, 300.0, true)];
    let change = sheet.edit(edit([FieldEdit::Weight(250.0)]), by()).unwrap();
    let kept = VariantFields { name: "한 봉지".to_owned(), price: won(8_500), grams: 250.0, is_default: true };
    assert_eq!(change.variants(), [VariantChange::Set(VariantId::new(5), kept)]);
}

#[test]
fn an_edit_that_changes_nothing_is_none() {
    let same = ProductEdit { fields: vec![FieldEdit::Price(won(8_500))], tags: Some(vec!["고단백".to_owned()]) };
    assert_eq!(almonds().edit(same, by()), None);
}

#[test]
fn a_retired_product_is_off_the_shelf_for_good() {
    let retired = almonds().retire(by()).unwrap();
    assert_eq!((retired.is_retired(), retired.fields().status), (true, ProductStatus::Discontinued));
    let sheet = ProductSheet { is_retired: true, fields: retired.fields().clone(), ..almonds() };
    assert_eq!(sheet.retire(by()), None);
    assert_eq!(sheet.on_the_shelf(), None);
    assert_eq!(almonds().on_the_shelf(), Some(almonds()));
}

#[test]
fn one_variant_is_the_default_one_whatever_is_done() {
    let sheet = almonds();
    let bag = |is_default| VariantFields { name: "50g".to_owned(), price: won(1_500), grams: 50.0, is_default };
    let beside = sheet.add_variant(bag(false), by()).unwrap().unwrap();
    assert_eq!(after(&sheet, &beside), [(5, 8_500, true), (6, 25_000, false), (0, 1_500, false)]);
    assert_eq!(beside.fields().price, won(8_500));
    let instead = sheet.add_variant(bag(true), by()).unwrap().unwrap();
    assert_eq!(after(&sheet, &instead), [(5, 8_500, false), (6, 25_000, false), (0, 1_500, true)]);
    assert_eq!((instead.fields().price, instead.fields().weight), (won(1_500), 50.0));
    let chosen = VariantEdit { is_default: Some(true), ..VariantEdit::default() };
    let swapped = sheet.edit_variant(VariantId::new(6), chosen, by()).unwrap().unwrap();
    assert_eq!(after(&sheet, &swapped), [(5, 8_500, false), (6, 25_000, true)]);
    assert_eq!(swapped.fields().price, won(25_000));
    let erased = sheet.erase_variant(VariantId::new(5), by()).unwrap().unwrap();
    assert_eq!(after(&sheet, &erased), [(6, 25_000, true)]);
    assert_eq!((erased.fields().price, erased.fields().weight), (won(25_000), 1_000.0));
    let bare = ProductSheet { variants: Vec::new(), ..almonds() };
    let first = bare.add_variant(bag(false), by()).unwrap().unwrap();
    assert_eq!(after(&bare, &first), [(0, 1_500, true)]);
}

#[test]
fn a_variant_is_refused_a_taken_name_and_the_default_one_its_resignation() {
    let sheet = almonds();
    let named = |name: &str| VariantEdit { name: Some(name.to_owned()), ..VariantEdit::default() };
    assert_eq!(sheet.edit_variant(VariantId::new(6), named("300g"), by()), Err(VariantRefusal::NameTaken));
    assert_eq!(sheet.edit_variant(VariantId::new(6), named("1kg"), by()), Ok(None));
    assert_eq!(sheet.edit_variant(VariantId::new(9), named("2kg"), by()), Err(VariantRefusal::NotFound));
    let resigns = VariantEdit { is_default: Some(false), ..VariantEdit::default() };
    assert_eq!(sheet.edit_variant(VariantId::new(5), resigns, by()), Err(VariantRefusal::DefaultNeeded));
    assert_eq!(sheet.erase_variant(VariantId::new(9), by()), Err(VariantRefusal::NotFound));
}

#[test]
fn a_product_keeps_its_last_variant() {
    let last = ProductSheet { variants: vec![variant(5, "300g", 8_500, 300.0, true)], ..almonds() };
    assert_eq!(last.erase_variant(VariantId::new(5), by()), Err(VariantRefusal::LastOne));
    assert_eq!(last.erase_variant(VariantId::new(9), by()), Err(VariantRefusal::NotFound));
}
