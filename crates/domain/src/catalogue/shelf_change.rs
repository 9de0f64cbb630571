//! Decisions about a product: values that a repository stores, each guarded by the version that it was decided on.

use thiserror::Error;

use crate::shared::{
    AuditAction, AuditChanges, AuditEntry, AuditSubject, ProductId, Timestamp, UserId, VariantId, Version, Won,
};

use super::sheet::{FieldEdit, ProductFields, ProductSheet, VariantFields, VariantSheet};
use super::{NutrientAmount, ProductStatus};

/// Who decides, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Editor {
    /// The administrator.
    pub user: UserId,
    /// Now.
    pub at: Timestamp,
}

/// A product on its way into the shop.
#[derive(Clone, Debug, PartialEq)]
pub struct NewProduct {
    /// What it says of itself.
    pub fields: ProductFields,
    /// Its tags. Those that do not exist come into being.
    pub tags: Vec<String>,
}

/// What somebody wants to be different. Fields that nobody named stay as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProductEdit {
    /// Fields written anew.
    pub fields: Vec<FieldEdit>,
    /// All of its tags, where they are to change.
    pub tags: Option<Vec<String>>,
}

/// What somebody wants to be different about a variant. `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VariantEdit {
    /// The name.
    pub name: Option<String>,
    /// The price.
    pub price: Option<Won>,
    /// The net weight.
    pub grams: Option<f64>,
    /// Whether it is the default one.
    pub is_default: Option<bool>,
}

/// What happens to a variant.
#[derive(Clone, Debug, PartialEq)]
pub enum VariantChange {
    /// It comes into being, with nothing in stock.
    Add(VariantFields),
    /// It says this of itself from now on.
    Set(VariantId, VariantFields),
    /// It never was on sale, and goes.
    Erase(VariantId),
}

impl VariantChange {
    /// What it is sorted by.
    fn turn(&self) -> (bool, Option<VariantId>) {
        match self {
            Self::Set(id, _) | Self::Erase(id) => (false, Some(*id)),
            Self::Add(_) => (true, None),
        }
    }
}

/// A decided change of a product: everything that it says of itself afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct ShelfChange {
    product: ProductId,
    version: Version,
    is_retired: bool,
    fields: ProductFields,
    tags: Option<Vec<String>>,
    nutrients: Option<Vec<NutrientAmount>>,
    variants: Vec<VariantChange>,
    entry: AuditEntry,
}

impl ShelfChange {
    /// Of which product.
    pub fn product(&self) -> ProductId {
        self.product
    }

    /// The version that it was decided on.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Whether the product is off the shelf afterwards.
    pub fn is_retired(&self) -> bool {
        self.is_retired
    }

    /// What the product says of itself afterwards.
    pub fn fields(&self) -> &ProductFields {
        &self.fields
    }

    /// Its tags, where they change.
    pub fn tags(&self) -> Option<&[String]> {
        self.tags.as_deref()
    }

    /// What is in it, where that changes.
    pub fn nutrients(&self) -> Option<&[NutrientAmount]> {
        self.nutrients.as_deref()
    }

    /// What happens to its variants: ascending by id, the lock order of every writer, and what comes into being last.
    pub fn variants(&self) -> &[VariantChange] {
        &self.variants
    }

    /// What the trail says of it.
    pub fn entry(&self) -> &AuditEntry {
        &self.entry
    }
}

/// A decision to erase a product and all that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Erasure {
    /// Which product.
    pub product: ProductId,
    /// The version that it was decided on.
    pub version: Version,
    /// What the trail says of it.
    pub entry: AuditEntry,
}

/// Why a variant is not changed as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum VariantRefusal {
    /// The product has no such variant.
    #[error("the product has no such variant")]
    NotFound,
    /// Another one of the product has that name.
    #[error("another variant of the product has that name")]
    NameTaken,
    /// It is the default one, and stays it until another one becomes it.
    #[error("a product needs a default variant")]
    DefaultNeeded,
    /// It is the only one: without it the product could not be bought.
    #[error("a product needs a variant")]
    LastOne,
}

impl NewProduct {
    /// The product that these fields make; `None` where one is missing that every product has: name, category, price and
    /// unit of weight.
    pub fn of(edit: ProductEdit) -> Option<Self> {
        let (mut name, mut category, mut price, mut unit) = (None, None, None, None);
        for field in &edit.fields {
            match field {
                FieldEdit::Name(text) => name = Some(text.clone()),
                FieldEdit::Category(text) => category = Some(text.clone()),
                FieldEdit::Price(amount) => price = Some(*amount),
                FieldEdit::WeightUnit(known) => unit = Some(*known),
                _ => {}
            }
        }
        let fields = ProductFields::new(name?, category?, price?, unit?).with(edit.fields);
        Some(Self { fields, tags: edit.tags.unwrap_or_default() })
    }

    /// The variant that it can be bought in as soon as it has stock.
    pub fn variant(&self) -> VariantFields {
        let fields = &self.fields;
        VariantFields { name: fields.variant_name(), price: fields.price, grams: fields.grams(), is_default: true }
    }

    /// What the trail says of its coming.
    pub fn changes(&self) -> AuditChanges {
        let mut changes = AuditChanges::new();
        changes.note("name", None::<String>, self.fields.name.as_str());
        changes.note("category", None::<String>, self.fields.category.as_str());
        changes.note("price", None::<i64>, self.fields.price.get());
        changes.note("status", None::<String>, self.fields.status.name());
        changes.note("tags", None::<String>, self.tags.clone());
        note_variant(&mut changes, None, Some(&self.variant()));
        changes
    }
}

impl ProductSheet {
    /// The product, unless it was retired: then it is in the books and nobody changes what they say.
    pub fn on_the_shelf(self) -> Option<Self> {
        (!self.is_retired).then_some(self)
    }

    /// Writes fields and tags anew; `None` where that changes nothing. Price and weight are those of the default variant
    /// size, which follows them.
    pub fn edit(&self, edit: ProductEdit, by: Editor) -> Option<ShelfChange> {
        let fields = self.fields.clone().with(edit.fields);
        let tags = edit.tags.filter(|tags| *tags != self.tags);
        let mut changes = AuditChanges::new();
        fields.note(&self.fields, &mut changes);
        if let Some(tags) = &tags {
            changes.note("tags", self.tags.clone(), tags.clone());
        }
        let mut variants = Vec::new();
        if let Some(variant) = self.default_variant() {
            let followed = self.following(variant, &fields);
            if followed != variant.fields {
                note_variant(&mut changes, Some(&variant.fields), Some(&followed));
                variants.push(VariantChange::Set(variant.id, followed));
            }
        }
        let change = self.change(AuditAction::ProductEdited, changes, by)?;
        Some(ShelfChange { fields, tags, variants, ..change })
    }

    /// The default variant after an edit of its product. A name that was made of the weight is made of the new one.
    fn following(&self, variant: &VariantSheet, fields: &ProductFields) -> VariantFields {
        let mut followed = variant.fields.clone();
        if fields.price != self.fields.price {
            followed.price = fields.price;
        }
        if (fields.weight, fields.weight_unit) != (self.fields.weight, self.fields.weight_unit) {
            followed.grams = fields.grams();
            let name = fields.variant_name();
            if followed.name == self.fields.variant_name() && self.is_free(&name, Some(variant.id)) {
                followed.name = name;
            }
        }
        followed
    }

    /// Adds a variant. The first one is the default one, whatever was asked.
    ///
    /// # Errors
    /// [`VariantRefusal::NameTaken`].
    pub fn add_variant(&self, mut variant: VariantFields, by: Editor) -> Result<Option<ShelfChange>, VariantRefusal> {
        if !self.is_free(&variant.name, None) {
            return Err(VariantRefusal::NameTaken);
        }
        variant.is_default = variant.is_default || self.default_variant().is_none();
        let mut changes = AuditChanges::new();
        let mut variants = Vec::new();
        if variant.is_default {
            variants.extend(self.stepping_down(None, &mut changes));
        }
        note_variant(&mut changes, None, Some(&variant));
        let fields = self.fields_led_by(&variant);
        fields.note(&self.fields, &mut changes);
        variants.push(VariantChange::Add(variant));
        let change = self.change(AuditAction::VariantAdded, changes, by);
        Ok(change.map(|change| ShelfChange { fields, variants, ..change }))
    }

    /// Changes a variant; `None` where that changes nothing.
    ///
    /// # Errors
    /// [`VariantRefusal`].
    pub fn edit_variant(
        &self,
        id: VariantId,
        edit: VariantEdit,
        by: Editor,
    ) -> Result<Option<ShelfChange>, VariantRefusal> {
        let before = &self.variant(id).ok_or(VariantRefusal::NotFound)?.fields;
        if before.is_default && edit.is_default == Some(false) {
            return Err(VariantRefusal::DefaultNeeded);
        }
        let after = VariantFields {
            name: edit.name.unwrap_or_else(|| before.name.clone()),
            price: edit.price.unwrap_or(before.price),
            grams: edit.grams.unwrap_or(before.grams),
            is_default: edit.is_default.unwrap_or(before.is_default),
        };
        if !self.is_free(&after.name, Some(id)) {
            return Err(VariantRefusal::NameTaken);
        }
        let mut changes = AuditChanges::new();
        let mut variants = Vec::new();
        if after.is_default {
            variants.extend(self.stepping_down(Some(id), &mut changes));
        }
        note_variant(&mut changes, Some(before), Some(&after));
        let fields = self.fields_led_by(&after);
        fields.note(&self.fields, &mut changes);
        variants.push(VariantChange::Set(id, after));
        variants.sort_by_key(VariantChange::turn);
        let change = self.change(AuditAction::VariantEdited, changes, by);
        Ok(change.map(|change| ShelfChange { fields, variants, ..change }))
    }

    /// Erases a variant. After the default one, the oldest that is left takes its place. The version that the change is
    /// decided on keeps two who erase the last two at once from leaving none.
    ///
    /// # Errors
    /// [`VariantRefusal::NotFound`], and [`VariantRefusal::LastOne`] for the only one.
    pub fn erase_variant(&self, id: VariantId, by: Editor) -> Result<Option<ShelfChange>, VariantRefusal> {
        let gone = self.variant(id).ok_or(VariantRefusal::NotFound)?;
        if self.variants.len() == 1 {
            return Err(VariantRefusal::LastOne);
        }
        let mut changes = AuditChanges::new();
        note_variant(&mut changes, Some(&gone.fields), None);
        let mut variants = vec![VariantChange::Erase(id)];
        let mut fields = self.fields.clone();
        let heir = self.variants.iter().find(|variant| variant.id != id).filter(|_| gone.fields.is_default);
        if let Some(heir) = heir {
            let after = VariantFields { is_default: true, ..heir.fields.clone() };
            note_variant(&mut changes, Some(&heir.fields), Some(&after));
            fields = self.fields_led_by(&after);
            fields.note(&self.fields, &mut changes);
            variants.push(VariantChange::Set(heir.id, after));
            variants.sort_by_key(VariantChange::turn);
        }
        let change = self.change(AuditAction::VariantErased, changes, by);
        Ok(change.map(|change| ShelfChange { fields, variants, ..change }))
    }

    /// Writes anew what is in it; `None` where that changes nothing.
    pub fn replace_nutrients(&self, nutrients: Vec<NutrientAmount>, by: Editor) -> Option<ShelfChange> {
        let mut changes = AuditChanges::new();
        changes.note("nutrients", in_words(&self.nutrients), in_words(&nutrients));
        let change = self.change(AuditAction::NutrientsReplaced, changes, by)?;
        Some(ShelfChange { nutrients: Some(nutrients), ..change })
    }

    /// Takes it off the shelf: lists and searches leave it out, nobody can buy it, and what refers to it stays whole.
    /// `None` where it is off already.
    pub fn retire(&self, by: Editor) -> Option<ShelfChange> {
        let fields = ProductFields { status: ProductStatus::Discontinued, ..self.fields.clone() };
        let mut changes = AuditChanges::new();
        fields.note(&self.fields, &mut changes);
        changes.note("retired", self.is_retired, true);
        let change = self.change(AuditAction::ProductRetired, changes, by)?;
        Some(ShelfChange { fields, is_retired: true, ..change })
    }

    /// Erases it, if nothing refers to it: the repository is the judge of that.
    pub fn erase(&self, by: Editor) -> Erasure {
        let mut changes = AuditChanges::new();
        changes.note("name", self.fields.name.as_str(), None::<String>);
        changes.note("category", self.fields.category.as_str(), None::<String>);
        changes.note("price", self.fields.price.get(), None::<i64>);
        let entry = self.entry(AuditAction::ProductErased, changes, by);
        Erasure { product: self.id, version: self.version, entry }
    }

    fn is_free(&self, name: &str, except: Option<VariantId>) -> bool {
        !self.variants.iter().any(|variant| Some(variant.id) != except && variant.fields.name == name)
    }

    /// The default variant as it is when another one takes its place.
    fn stepping_down(&self, heir: Option<VariantId>, changes: &mut AuditChanges) -> Vec<VariantChange> {
        let others = self.variants.iter().filter(|variant| Some(variant.id) != heir && variant.fields.is_default);
        let step_down = |variant: &VariantSheet| {
            let after = VariantFields { is_default: false, ..variant.fields.clone() };
            note_variant(changes, Some(&variant.fields), Some(&after));
            VariantChange::Set(variant.id, after)
        };
        others.map(step_down).collect()
    }

    /// Lists show the price and the weight of the default variant.
    fn fields_led_by(&self, variant: &VariantFields) -> ProductFields {
        let mut fields = self.fields.clone();
        if variant.is_default {
            fields.price = variant.price;
            fields.weight = fields.weight_unit.amount(variant.grams);
        }
        fields
    }

    fn change(&self, action: AuditAction, changes: AuditChanges, by: Editor) -> Option<ShelfChange> {
        if changes.is_empty() {
            return None;
        }
        Some(ShelfChange {
            product: self.id,
            version: self.version,
            is_retired: self.is_retired,
            fields: self.fields.clone(),
            tags: None,
            nutrients: None,
            variants: Vec::new(),
            entry: self.entry(action, changes, by),
        })
    }

    fn entry(&self, action: AuditAction, changes: AuditChanges, by: Editor) -> AuditEntry {
        let subject = AuditSubject::Product(self.id);
        AuditEntry { actor: by.user, action, subject, changes, reason: None, at: by.at }
    }
}

/// Notes what became of a variant, under the name that it had, or has if it is new.
fn note_variant(changes: &mut AuditChanges, before: Option<&VariantFields>, after: Option<&VariantFields>) {
    let Some(known) = before.or(after) else { return };
    let at = |field: &str| format!("variants.{}.{field}", known.name);
    let name = |variant: &VariantFields| variant.name.clone();
    changes.note(at("name"), before.map(name), after.map(name));
    changes.note(at("price"), before.map(|variant| variant.price.get()), after.map(|variant| variant.price.get()));
    changes.note(at("weightGrams"), before.map(|variant| variant.grams), after.map(|variant| variant.grams));
    changes.note(at("isDefault"), before.map(|variant| variant.is_default), after.map(|variant| variant.is_default));
}

fn in_words(nutrients: &[NutrientAmount]) -> Vec<String> {
    let words = |nutrient: &NutrientAmount| {
        let share = nutrient.daily_percent.map(|percent| format!(" ({percent}%)")).unwrap_or_default();
        format!("{} {} {}{}{share}", nutrient.code, nutrient.name, nutrient.amount, nutrient.unit)
    };
    nutrients.iter().map(words).collect()
}
