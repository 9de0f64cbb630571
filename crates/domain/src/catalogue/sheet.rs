//! A product as those who run the shop see it: what it says of itself, its variants, what is in it, and its version.

use crate::shared::{AuditChanges, ProductId, VariantId, Version, Won};

use super::{GoalScores, NutrientAmount, ProductStatus, WeightUnit};

/// What a product says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductFields {
    /// Its name.
    pub name: String,
    /// Its brand.
    pub brand: Option<String>,
    /// Its category.
    pub category: String,
    /// The price that lists show: that of the default variant.
    pub price: Won,
    /// The price before the discount.
    pub original_price: Option<Won>,
    /// The discount in percent.
    pub discount: Option<i32>,
    /// Net weight of the default variant.
    pub weight: f64,
    /// Its unit.
    pub weight_unit: WeightUnit,
    /// Whether it can be bought.
    pub status: ProductStatus,
    /// Its picture: absolute, or a path under this server.
    pub image: Option<String>,
    /// About it.
    pub description: Option<String>,
    /// How to keep it.
    pub storage: Option<String>,
    /// What its page says delivery costs.
    pub shipping_fee: Option<Won>,
    /// From which total on that is waived.
    pub free_from: Option<Won>,
    /// How long delivery takes, in words.
    pub estimated_days: Option<String>,
    /// How well it serves goals.
    pub goals: GoalScores,
}

/// What a product weighs as long as nobody said: what its nutrition refers to.
const UNSAID_GRAMS: f64 = 100.0;

impl ProductFields {
    /// A product of which only the necessary is known.
    pub fn new(name: String, category: String, price: Won, weight_unit: WeightUnit) -> Self {
        Self {
            name,
            brand: None,
            category,
            price,
            original_price: None,
            discount: None,
            weight: weight_unit.amount(UNSAID_GRAMS),
            weight_unit,
            status: ProductStatus::Available,
            image: None,
            description: None,
            storage: None,
            shipping_fee: Some(Won::ZERO),
            free_from: None,
            estimated_days: None,
            goals: GoalScores::default(),
        }
    }

    /// The same product with some fields written anew.
    #[must_use]
    pub fn with(mut self, edits: impl IntoIterator<Item = FieldEdit>) -> Self {
        for edit in edits {
            match edit {
                FieldEdit::Name(name) => self.name = name,
                FieldEdit::Brand(brand) => self.brand = brand,
                FieldEdit::Category(category) => self.category = category,
                FieldEdit::Price(price) => self.price = price,
                FieldEdit::OriginalPrice(price) => self.original_price = price,
                FieldEdit::Discount(percent) => self.discount = Some(percent),
                FieldEdit::Weight(weight) => self.weight = weight,
                FieldEdit::WeightUnit(unit) => self.weight_unit = unit,
                FieldEdit::Status(status) => self.status = status,
                FieldEdit::Image(image) => self.image = image,
                FieldEdit::Description(text) => self.description = text,
                FieldEdit::Storage(text) => self.storage = text,
                FieldEdit::ShippingFee(fee) => self.shipping_fee = Some(fee),
                FieldEdit::FreeFrom(total) => self.free_from = Some(total),
                FieldEdit::EstimatedDays(text) => self.estimated_days = text,
                FieldEdit::MuscleGain(score) => self.goals.muscle_gain = Some(score),
                FieldEdit::WeightLoss(score) => self.goals.weight_loss = Some(score),
                FieldEdit::Energy(score) => self.goals.energy = Some(score),
                FieldEdit::Recovery(score) => self.goals.recovery = Some(score),
                FieldEdit::Health(score) => self.goals.health = Some(score),
            }
        }
        self
    }

    /// Grams of the default variant.
    pub fn grams(&self) -> f64 {
        self.weight_unit.grams(self.weight)
    }

    /// What a variant is called that nobody gave a name: `300g`.
    pub fn variant_name(&self) -> String {
        format!("{}{}", self.weight, self.weight_unit.name())
    }

    /// Notes what differs from an earlier state, under the names of the wire.
    pub(super) fn note(&self, before: &Self, changes: &mut AuditChanges) {
        let won = |price: Option<Won>| price.map(Won::get);
        changes.note("name", before.name.as_str(), self.name.as_str());
        changes.note("brand", before.brand.clone(), self.brand.clone());
        changes.note("category", before.category.as_str(), self.category.as_str());
        changes.note("price", before.price.get(), self.price.get());
        changes.note("originalPrice", won(before.original_price), won(self.original_price));
        changes.note("discount", before.discount.map(i64::from), self.discount.map(i64::from));
        changes.note("weight", before.weight, self.weight);
        changes.note("weightUnit", before.weight_unit.name(), self.weight_unit.name());
        changes.note("status", before.status.name(), self.status.name());
        changes.note("imageUrl", before.image.clone(), self.image.clone());
        changes.note("description", before.description.clone(), self.description.clone());
        changes.note("storage", before.storage.clone(), self.storage.clone());
        changes.note("shippingFee", won(before.shipping_fee), won(self.shipping_fee));
        changes.note("freeShippingThreshold", won(before.free_from), won(self.free_from));
        changes.note("estimatedDeliveryDays", before.estimated_days.clone(), self.estimated_days.clone());
        changes.note("scoreMuscleGain", before.goals.muscle_gain, self.goals.muscle_gain);
        changes.note("scoreWeightLoss", before.goals.weight_loss, self.goals.weight_loss);
        changes.note("scoreEnergy", before.goals.energy, self.goals.energy);
        changes.note("scoreRecovery", before.goals.recovery, self.goals.recovery);
        changes.note("scoreHealth", before.goals.health, self.goals.health);
    }
}

/// One field written anew. What no edit names stays as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldEdit {
    /// The name.
    Name(String),
    /// The brand, or none.
    Brand(Option<String>),
    /// The category.
    Category(String),
    /// The price of the default variant.
    Price(Won),
    /// The price before the discount, or none.
    OriginalPrice(Option<Won>),
    /// The discount in percent.
    Discount(i32),
    /// Net weight of the default variant; above zero.
    Weight(f64),
    /// Its unit.
    WeightUnit(WeightUnit),
    /// Whether it can be bought.
    Status(ProductStatus),
    /// The picture, or none.
    Image(Option<String>),
    /// About it, or nothing.
    Description(Option<String>),
    /// How to keep it, or nothing.
    Storage(Option<String>),
    /// What delivery costs.
    ShippingFee(Won),
    /// From which total on that is waived.
    FreeFrom(Won),
    /// How long delivery takes, or nothing.
    EstimatedDays(Option<String>),
    /// How well it serves to gain muscle.
    MuscleGain(f64),
    /// How well it serves to lose weight.
    WeightLoss(f64),
    /// How well it serves energy.
    Energy(f64),
    /// How well it serves recovery.
    Recovery(f64),
    /// How well it serves health.
    Health(f64),
}

/// What a variant says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantFields {
    /// Its name, unique within the product.
    pub name: String,
    /// The price of one.
    pub price: Won,
    /// Its net weight.
    pub grams: f64,
    /// Whether lists show its price and orders without a choice mean it. One of a product's variants is.
    pub is_default: bool,
}

/// A variant with its counters.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantSheet {
    /// The variant.
    pub id: VariantId,
    /// What it says of itself.
    pub fields: VariantFields,
    /// Pieces on the shelf, held ones included.
    pub stock: i64,
    /// Pieces that unpaid orders hold.
    pub reserved: i64,
}

/// A product with all that can be edited of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductSheet {
    /// The product.
    pub id: ProductId,
    /// How many times it was changed: the guard of the next change. Moves of stock do not count.
    pub version: Version,
    /// Whether it left the shelf for good.
    pub is_retired: bool,
    /// What it says of itself.
    pub fields: ProductFields,
    /// Its tags, by name.
    pub tags: Vec<String>,
    /// Its variants, the oldest first.
    pub variants: Vec<VariantSheet>,
    /// What is in 100 g of it.
    pub nutrients: Vec<NutrientAmount>,
}

impl ProductSheet {
    /// The variant that lists show.
    pub fn default_variant(&self) -> Option<&VariantSheet> {
        self.variants.iter().find(|variant| variant.fields.is_default)
    }

    /// The variant of that number.
    pub fn variant(&self, id: VariantId) -> Option<&VariantSheet> {
        self.variants.iter().find(|variant| variant.id == id)
    }
}
