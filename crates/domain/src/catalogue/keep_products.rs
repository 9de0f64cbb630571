//! Administrators keep the shelf.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{Actor, Clock, PortFailure, ProductId, VariantId, Version};

use super::NutrientAmount;
use super::product_repository::{
    AdjustStockFailure, ChangeShelfFailure, ProductRepository, StockAdjustment, StockLevel,
};
use super::sheet::{ProductSheet, VariantFields};
use super::shelf_change::{Editor, NewProduct, ProductEdit, ShelfChange, VariantEdit, VariantRefusal};

/// How often a change is decided anew because somebody else was quicker.
const TRIES: u8 = 3;

/// Keeps products, their variants and their stock.
pub struct KeepProducts {
    /// Where the shelf is kept.
    pub products: Arc<dyn ProductRepository>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// Which product somebody changes, who, and what he saw of it.
#[derive(Clone, Copy, Debug)]
pub struct ProductTarget {
    /// The administrator.
    pub actor: Actor,
    /// The product.
    pub product: ProductId,
    /// The version that he looked at, if he said: then the change is made to that one or not at all.
    pub seen: Option<Version>,
}

/// What is to become of a product.
#[derive(Clone, Debug)]
pub enum ShelfWish {
    /// Other fields or tags.
    Edit(ProductEdit),
    /// One more variant.
    AddVariant(VariantFields),
    /// Another variant.
    EditVariant(VariantId, VariantEdit),
    /// A variant less.
    EraseVariant(VariantId),
    /// Other nutrients.
    ReplaceNutrients(Vec<NutrientAmount>),
}

/// What became of a product that was to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Nothing referred to it: it is gone.
    Erased,
    /// It was sold, lies in a cart or was counted: it is off the shelf and stays in the books.
    Retired,
}

/// Why the shelf is as it was.
#[derive(Debug, Error)]
pub enum KeepProductsError {
    /// There is no such product (any more).
    #[error("the product does not exist")]
    NotFound,
    /// It has no such variant.
    #[error("the variant does not exist")]
    VariantNotFound,
    /// Somebody else changed it since it was looked at.
    #[error("the product was changed since it was looked at")]
    Outdated,
    /// It kept changing.
    #[error("the product kept changing")]
    Conflict,
    /// Another variant of the product has that name.
    #[error("another variant of the product has that name")]
    NameTaken,
    /// It is the default variant, and stays it until another one becomes it.
    #[error("a product needs a default variant")]
    DefaultNeeded,
    /// It is the only variant of its product.
    #[error("a product needs a variant")]
    LastVariant,
    /// The variant was sold, lies in a cart or was counted.
    #[error("the variant was on sale")]
    VariantInUse,
    /// There would be less than orders hold, or more than a shelf bears.
    #[error("the stock would leave its bounds")]
    StockOutOfBounds {
        /// What there is.
        level: StockLevel,
    },
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl From<VariantRefusal> for KeepProductsError {
    fn from(refusal: VariantRefusal) -> Self {
        match refusal {
            VariantRefusal::NotFound => Self::VariantNotFound,
            VariantRefusal::NameTaken => Self::NameTaken,
            VariantRefusal::DefaultNeeded => Self::DefaultNeeded,
            VariantRefusal::LastOne => Self::LastVariant,
        }
    }
}

impl From<AdjustStockFailure> for KeepProductsError {
    fn from(failure: AdjustStockFailure) -> Self {
        match failure {
            AdjustStockFailure::NotFound => Self::VariantNotFound,
            AdjustStockFailure::OutOfBounds { level } => Self::StockOutOfBounds { level },
            AdjustStockFailure::Unavailable(failure) => failure.into(),
        }
    }
}

impl KeepProducts {
    /// A product with all that can be edited of it.
    pub async fn sheet(&self, product: ProductId) -> Result<ProductSheet, KeepProductsError> {
        self.products.sheet(product).await?.ok_or(KeepProductsError::NotFound)
    }

    /// Puts a product on the shelf, with a default variant of which there is nothing yet.
    pub async fn create(&self, actor: &Actor, product: &NewProduct) -> Result<ProductId, KeepProductsError> {
        Ok(self.products.create(product, self.editor(actor)).await?)
    }

    /// Changes a product. Where its administrator said which version he looked at, that one or none; else the latest,
    /// decided anew each time somebody else is quicker. One that was retired stays as it is.
    pub async fn change(&self, target: ProductTarget, wish: &ShelfWish) -> Result<(), KeepProductsError> {
        for _ in 0..TRIES {
            let sheet = self.seen(target).await?;
            let sheet = sheet.on_the_shelf().ok_or(KeepProductsError::NotFound)?;
            let Some(change) = decide(&sheet, wish.clone(), self.editor(&target.actor))? else { return Ok(()) };
            match self.products.apply(&change).await {
                Ok(()) => return Ok(()),
                Err(ChangeShelfFailure::Stale) => {}
                Err(ChangeShelfFailure::NameTaken) => return Err(KeepProductsError::NameTaken),
                Err(ChangeShelfFailure::InUse) => return Err(KeepProductsError::VariantInUse),
                Err(ChangeShelfFailure::Unavailable(failure)) => return Err(failure.into()),
            }
        }
        Err(KeepProductsError::Conflict)
    }

    /// Takes a product off the shelf: erases it where nothing refers to it, retires it otherwise.
    pub async fn remove(&self, target: ProductTarget) -> Result<Removal, KeepProductsError> {
        for _ in 0..TRIES {
            let sheet = self.seen(target).await?;
            let editor = self.editor(&target.actor);
            let (outcome, removal) = match self.products.erase(&sheet.erase(editor)).await {
                Err(ChangeShelfFailure::InUse) => match sheet.retire(editor) {
                    Some(change) => (self.products.apply(&change).await, Removal::Retired),
                    None => return Ok(Removal::Retired),
                },
                outcome => (outcome, Removal::Erased),
            };
            match outcome {
                Ok(()) => return Ok(removal),
                Err(ChangeShelfFailure::Unavailable(failure)) => return Err(failure.into()),
                Err(ChangeShelfFailure::Stale | ChangeShelfFailure::NameTaken | ChangeShelfFailure::InUse) => {}
            }
        }
        Err(KeepProductsError::Conflict)
    }

    /// Counts pieces in or out.
    pub async fn adjust_stock(
        &self,
        actor: &Actor,
        adjustment: &StockAdjustment,
    ) -> Result<StockLevel, KeepProductsError> {
        Ok(self.products.adjust_stock(adjustment, self.editor(actor)).await?)
    }

    /// The product, if it is the one that the administrator looked at.
    async fn seen(&self, target: ProductTarget) -> Result<ProductSheet, KeepProductsError> {
        let sheet = self.sheet(target.product).await?;
        if target.seen.is_some_and(|seen| seen != sheet.version) {
            return Err(KeepProductsError::Outdated);
        }
        Ok(sheet)
    }

    fn editor(&self, actor: &Actor) -> Editor {
        Editor { user: actor.user, at: self.clock.now() }
    }
}

fn decide(sheet: &ProductSheet, wish: ShelfWish, by: Editor) -> Result<Option<ShelfChange>, VariantRefusal> {
    match wish {
        ShelfWish::Edit(edit) => Ok(sheet.edit(edit, by)),
        ShelfWish::AddVariant(variant) => sheet.add_variant(variant, by),
        ShelfWish::EditVariant(id, edit) => sheet.edit_variant(id, edit, by),
        ShelfWish::EraseVariant(id) => sheet.erase_variant(id, by),
        ShelfWish::ReplaceNutrients(nutrients) => Ok(sheet.replace_nutrients(nutrients, by)),
    }
}
