//! The demo goods, from `demo/catalogue.toml` to what the database loads.

use std::collections::HashMap;

use ef_domain::catalogue::{GoalScores, NUTRIENT_CODES, ProductStatus, ShippingTerms};
use ef_domain::shared::Won;
use ef_sql::{SeedNutrient, SeedProduct, SeedVariant};
use serde::Deserialize;
use thiserror::Error;

const FILE: &str = include_str!("../../demo/catalogue.toml");

/// The file does not say what a product needs.
#[derive(Debug, Error)]
pub enum CatalogueError {
    /// It is not of the form that this version reads.
    #[error("demo/catalogue.toml cannot be read")]
    Form(#[from] toml::de::Error),
    /// A product breaks a rule of the shop.
    #[error("demo/catalogue.toml, product {slug}: {rule}")]
    Product {
        /// Which product.
        slug: String,
        /// What is wrong with it.
        rule: String,
    },
}

/// The demo goods.
///
/// # Errors
/// [`CatalogueError`]; a test makes sure that the file in the binary has none.
pub fn catalogue() -> Result<Vec<SeedProduct>, CatalogueError> {
    let file: File = toml::from_str(FILE)?;
    let seed = |product: Product| {
        let slug = product.slug.clone();
        product.seed().map_err(|rule| CatalogueError::Product { slug, rule })
    };
    file.product.into_iter().map(seed).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    product: Vec<Product>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Product {
    slug: String,
    name: String,
    brand: String,
    category: String,
    description: String,
    storage: String,
    status: String,
    original_price: Option<i64>,
    discount: Option<i32>,
    tags: Vec<String>,
    shipping: Shipping,
    scores: Scores,
    /// By nutrient code, in lower case.
    nutrition: HashMap<String, f64>,
    #[serde(default)]
    vitamins: Vec<Vitamin>,
    variants: Vec<Variant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipping {
    fee: i64,
    free_from: Option<i64>,
    days: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scores {
    muscle_gain: Option<f64>,
    weight_loss: Option<f64>,
    energy: Option<f64>,
    recovery: Option<f64>,
    health: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vitamin {
    name: String,
    amount: f64,
    unit: String,
    daily: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Variant {
    name: String,
    grams: f64,
    price: i64,
    stock: i64,
    #[serde(default)]
    default: bool,
}

impl Product {
    fn seed(self) -> Result<SeedProduct, String> {
        let status = ProductStatus::parse(&self.status).ok_or_else(|| format!("no such status: {}", self.status))?;
        if self.variants.iter().filter(|variant| variant.default).count() != 1 {
            return Err("exactly one pack size must be the default".to_owned());
        }
        let Scores { muscle_gain, weight_loss, energy, recovery, health } = self.scores;
        let macros = nutrients(self.nutrition)?;
        let vitamins = self.vitamins.into_iter().map(Vitamin::seed);
        Ok(SeedProduct {
            image: format!("/images/products/{}.svg", self.slug),
            slug: self.slug,
            name: self.name,
            brand: self.brand,
            category: self.category,
            description: self.description,
            storage: self.storage,
            status,
            original_price: self.original_price.map(won).transpose()?,
            discount: self.discount,
            tags: self.tags,
            shipping: self.shipping.terms()?,
            goals: GoalScores { muscle_gain, weight_loss, energy, recovery, health },
            nutrients: macros.into_iter().chain(vitamins).collect(),
            variants: self.variants.into_iter().map(Variant::seed).collect::<Result<_, _>>()?,
        })
    }
}

impl Shipping {
    fn terms(self) -> Result<ShippingTerms, String> {
        let free_from = self.free_from.map(won).transpose()?;
        Ok(ShippingTerms { fee: won(self.fee)?, free_from, estimated_days: self.days })
    }
}

impl Vitamin {
    fn seed(self) -> SeedNutrient {
        let Self { name, amount, unit, daily } = self;
        SeedNutrient { code: name.clone(), name, amount, unit, daily_percent: Some(daily) }
    }
}

impl Variant {
    fn seed(self) -> Result<SeedVariant, String> {
        let Self { name, grams, price, stock, default } = self;
        if stock < 0 {
            return Err(format!("{name} has a negative stock"));
        }
        Ok(SeedVariant { name, grams, price: won(price)?, stock, is_default: default })
    }
}

/// The nutrients that the product page knows by name, in its order.
fn nutrients(mut amounts: HashMap<String, f64>) -> Result<Vec<SeedNutrient>, String> {
    let seed = |(_, code, name, unit): (_, &str, &str, &str)| {
        let amount = amounts.remove(&code.to_lowercase())?;
        let (code, name, unit) = (code.to_owned(), name.to_owned(), unit.to_owned());
        Some(SeedNutrient { code, name, amount, unit, daily_percent: None })
    };
    let known = NUTRIENT_CODES.into_iter().filter_map(seed).collect();
    match amounts.keys().next() {
        None => Ok(known),
        Some(unknown) => Err(format!("no such nutrient: {unknown}")),
    }
}

fn won(amount: i64) -> Result<Won, String> {
    Won::try_new(amount).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::picture;
    use super::*;

    #[test]
    fn every_product_is_complete_and_has_its_picture() {
        let products = catalogue().unwrap();
        assert!(products.len() >= 50, "{}", products.len());
        let slugs: HashSet<_> = products.iter().map(|product| product.slug.as_str()).collect();
        assert_eq!(slugs.len(), products.len(), "slugs are unique");
        for product in &products {
            let slug = &product.slug;
            assert!(picture(slug).is_some(), "{slug} has no picture");
            assert_eq!(product.image, format!("/images/products/{slug}.svg"));
            for code in ["CALORIES", "PROTEIN", "CARBS", "FAT"] {
                assert!(product.nutrients.iter().any(|nutrient| nutrient.code == code), "{slug} lacks {code}");
            }
            let names: HashSet<_> = product.variants.iter().map(|variant| &variant.name).collect();
            assert_eq!(names.len(), product.variants.len(), "{slug}: pack sizes have names of their own");
        }
    }

    #[test]
    fn an_unknown_nutrient_is_refused() {
        assert!(nutrients(HashMap::from([("caffeine".to_owned(), 1.0)])).is_err());
    }
}
