//! Decisions about a product: values that a repository stores, each guarded by the version that it was decided on.

use thiserror::Error;

use crate::shared::{
    AuditAction, AuditChanges, AuditEntry, AuditSubject, ProductId, Timestamp, UserId, VariantId, Version, Won,
};

use super::sheet::{FieldEdit, PackFields, PackSheet, ProductFields, ProductSheet};
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

/// What somebody wants to be different about a pack size. `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PackEdit {
    /// The name.
    pub name: Option<String>,
    /// The price.
    pub price: Option<Won>,
    /// The net weight.
    pub grams: Option<f64>,
    /// Whether it is the default one.
    pub is_default: Option<bool>,
}

/// What happens to a pack size.
#[derive(Clone, Debug, PartialEq)]
pub enum PackChange {
    /// It comes into being, with nothing in stock.
    Add(PackFields),
    /// It says this of itself from now on.
    Set(VariantId, PackFields),
    /// It never was on sale, and goes.
    Erase(VariantId),
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
    packs: Vec<PackChange>,
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

    /// What happens to its pack sizes, in an order in which no name is taken twice and no default doubled.
    pub fn packs(&self) -> &[PackChange] {
        &self.packs
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

/// Why a pack size is not changed as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PackRefusal {
    /// The product has no such pack size.
    #[error("the product has no such pack size")]
    NotFound,
    /// Another one of the product has that name.
    #[error("another pack size of the product has that name")]
    NameTaken,
    /// It is the default one, and stays it until another one becomes it.
    #[error("a product needs a default pack size")]
    DefaultNeeded,
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

    /// The pack size that it can be bought in as soon as it has stock.
    pub fn pack(&self) -> PackFields {
        let fields = &self.fields;
        PackFields { name: fields.pack_name(), price: fields.price, grams: fields.grams(), is_default: true }
    }

    /// What the trail says of its coming.
    pub fn changes(&self) -> AuditChanges {
        let mut changes = AuditChanges::new();
        changes.note("name", None::<String>, self.fields.name.as_str());
        changes.note("category", None::<String>, self.fields.category.as_str());
        changes.note("price", None::<i64>, self.fields.price.get());
        changes.note("status", None::<String>, self.fields.status.name());
        changes.note("tags", None::<String>, self.tags.clone());
        note_pack(&mut changes, None, Some(&self.pack()));
        changes
    }
}

impl ProductSheet {
    /// Writes fields and tags anew; `None` where that changes nothing. Price and weight are those of the default pack
    /// size, which follows them. A status that sells puts a retired product back on the shelf.
    pub fn edit(&self, edit: ProductEdit, by: Editor) -> Option<ShelfChange> {
        let fields = self.fields.clone().with(edit.fields);
        let is_retired = self.is_retired && fields.status == ProductStatus::Discontinued;
        let tags = edit.tags.filter(|tags| *tags != self.tags);
        let mut changes = AuditChanges::new();
        fields.note(&self.fields, &mut changes);
        changes.note("retired", self.is_retired, is_retired);
        if let Some(tags) = &tags {
            changes.note("tags", self.tags.clone(), tags.clone());
        }
        let mut packs = Vec::new();
        if let Some(pack) = self.default_pack() {
            let followed = self.following(pack, &fields);
            if followed != pack.fields {
                note_pack(&mut changes, Some(&pack.fields), Some(&followed));
                packs.push(PackChange::Set(pack.id, followed));
            }
        }
        let change = self.change(AuditAction::ProductEdited, changes, by)?;
        Some(ShelfChange { is_retired, fields, tags, packs, ..change })
    }

    /// The default pack size after an edit of its product. A name that was made of the weight is made of the new one.
    fn following(&self, pack: &PackSheet, fields: &ProductFields) -> PackFields {
        let mut followed = pack.fields.clone();
        if fields.price != self.fields.price {
            followed.price = fields.price;
        }
        if (fields.weight, fields.weight_unit) != (self.fields.weight, self.fields.weight_unit) {
            followed.grams = fields.grams();
            let name = fields.pack_name();
            if followed.name == self.fields.pack_name() && self.is_free(&name, Some(pack.id)) {
                followed.name = name;
            }
        }
        followed
    }

    /// Adds a pack size. The first one is the default one, whatever was asked.
    ///
    /// # Errors
    /// [`PackRefusal::NameTaken`].
    pub fn add_pack(&self, mut pack: PackFields, by: Editor) -> Result<Option<ShelfChange>, PackRefusal> {
        if !self.is_free(&pack.name, None) {
            return Err(PackRefusal::NameTaken);
        }
        pack.is_default = pack.is_default || self.default_pack().is_none();
        let mut changes = AuditChanges::new();
        let mut packs = Vec::new();
        if pack.is_default {
            packs.extend(self.stepping_down(None, &mut changes));
        }
        note_pack(&mut changes, None, Some(&pack));
        let fields = self.fields_led_by(&pack);
        fields.note(&self.fields, &mut changes);
        packs.push(PackChange::Add(pack));
        let change = self.change(AuditAction::VariantAdded, changes, by);
        Ok(change.map(|change| ShelfChange { fields, packs, ..change }))
    }

    /// Changes a pack size; `None` where that changes nothing.
    ///
    /// # Errors
    /// [`PackRefusal`].
    pub fn edit_pack(&self, id: VariantId, edit: PackEdit, by: Editor) -> Result<Option<ShelfChange>, PackRefusal> {
        let before = &self.pack(id).ok_or(PackRefusal::NotFound)?.fields;
        if before.is_default && edit.is_default == Some(false) {
            return Err(PackRefusal::DefaultNeeded);
        }
        let after = PackFields {
            name: edit.name.unwrap_or_else(|| before.name.clone()),
            price: edit.price.unwrap_or(before.price),
            grams: edit.grams.unwrap_or(before.grams),
            is_default: edit.is_default.unwrap_or(before.is_default),
        };
        if !self.is_free(&after.name, Some(id)) {
            return Err(PackRefusal::NameTaken);
        }
        let mut changes = AuditChanges::new();
        let mut packs = Vec::new();
        if after.is_default {
            packs.extend(self.stepping_down(Some(id), &mut changes));
        }
        note_pack(&mut changes, Some(before), Some(&after));
        let fields = self.fields_led_by(&after);
        fields.note(&self.fields, &mut changes);
        packs.push(PackChange::Set(id, after));
        let change = self.change(AuditAction::VariantEdited, changes, by);
        Ok(change.map(|change| ShelfChange { fields, packs, ..change }))
    }

    /// Erases a pack size. After the default one, the oldest that is left takes its place.
    ///
    /// # Errors
    /// [`PackRefusal::NotFound`].
    pub fn erase_pack(&self, id: VariantId, by: Editor) -> Result<Option<ShelfChange>, PackRefusal> {
        let gone = self.pack(id).ok_or(PackRefusal::NotFound)?;
        let mut changes = AuditChanges::new();
        note_pack(&mut changes, Some(&gone.fields), None);
        let mut packs = vec![PackChange::Erase(id)];
        let mut fields = self.fields.clone();
        let heir = self.packs.iter().find(|pack| pack.id != id).filter(|_| gone.fields.is_default);
        if let Some(heir) = heir {
            let after = PackFields { is_default: true, ..heir.fields.clone() };
            note_pack(&mut changes, Some(&heir.fields), Some(&after));
            fields = self.fields_led_by(&after);
            fields.note(&self.fields, &mut changes);
            packs.push(PackChange::Set(heir.id, after));
        }
        let change = self.change(AuditAction::VariantErased, changes, by);
        Ok(change.map(|change| ShelfChange { fields, packs, ..change }))
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
        !self.packs.iter().any(|pack| Some(pack.id) != except && pack.fields.name == name)
    }

    /// The default pack size as it is when another one takes its place.
    fn stepping_down(&self, heir: Option<VariantId>, changes: &mut AuditChanges) -> Vec<PackChange> {
        let others = self.packs.iter().filter(|pack| Some(pack.id) != heir && pack.fields.is_default);
        let step_down = |pack: &PackSheet| {
            let after = PackFields { is_default: false, ..pack.fields.clone() };
            note_pack(changes, Some(&pack.fields), Some(&after));
            PackChange::Set(pack.id, after)
        };
        others.map(step_down).collect()
    }

    /// Lists show the price and the weight of the default pack size.
    fn fields_led_by(&self, pack: &PackFields) -> ProductFields {
        let mut fields = self.fields.clone();
        if pack.is_default {
            fields.price = pack.price;
            fields.weight = fields.weight_unit.amount(pack.grams);
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
            packs: Vec::new(),
            entry: self.entry(action, changes, by),
        })
    }

    fn entry(&self, action: AuditAction, changes: AuditChanges, by: Editor) -> AuditEntry {
        let subject = AuditSubject::Product(self.id);
        AuditEntry { actor: by.user, action, subject, changes, reason: None, at: by.at }
    }
}

/// Notes what became of a pack size, under the name that it had, or has if it is new.
fn note_pack(changes: &mut AuditChanges, before: Option<&PackFields>, after: Option<&PackFields>) {
    let Some(known) = before.or(after) else { return };
    let at = |field: &str| format!("variants.{}.{field}", known.name);
    let name = |pack: &PackFields| pack.name.clone();
    changes.note(at("name"), before.map(name), after.map(name));
    changes.note(at("price"), before.map(|pack| pack.price.get()), after.map(|pack| pack.price.get()));
    changes.note(at("weightGrams"), before.map(|pack| pack.grams), after.map(|pack| pack.grams));
    changes.note(at("isDefault"), before.map(|pack| pack.is_default), after.map(|pack| pack.is_default));
}

fn in_words(nutrients: &[NutrientAmount]) -> Vec<String> {
    let words = |nutrient: &NutrientAmount| {
        let share = nutrient.daily_percent.map(|percent| format!(" ({percent}%)")).unwrap_or_default();
        format!("{} {} {}{}{share}", nutrient.code, nutrient.name, nutrient.amount, nutrient.unit)
    };
    nutrients.iter().map(words).collect()
}
