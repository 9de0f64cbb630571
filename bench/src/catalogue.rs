//! What is on the shelf that is bought from.

use crate::Outcome;
use crate::random::Random;
use crate::store::{Store, Value, row};

/// More pieces of everything than any run can order.
const PLENTY: i64 = 100_000_000;

row! {
    /// A pack size that is for sale.
    Goods {
        variant: i64, product: i64, product_name: String, variant_name: String, image: Option<String>, price: i64,
    }
}

impl Clone for Goods {
    fn clone(&self) -> Self {
        Self {
            product_name: self.product_name.clone(),
            variant_name: self.variant_name.clone(),
            image: self.image.clone(),
            ..*self
        }
    }
}

row! { IdRow { id: i64 } }

/// The shelf.
#[derive(Debug)]
pub struct Catalogue {
    /// Every product's id.
    pub products: Vec<i64>,
    /// Every pack size that is for sale, by its id.
    pub goods: Vec<Goods>,
}

impl Catalogue {
    /// Reads it, after filling it up.
    pub async fn fill(store: &Store) -> Outcome<Self> {
        let sql = "UPDATE product_variant SET stock = stock + ?";
        store.execute(sql, &[Value::Whole(PLENTY)]).await?;
        let products: Vec<IdRow> = store.all("SELECT id FROM product ORDER BY id", &[]).await?;
        let sql = "SELECT v.id AS variant, p.id AS product, p.name AS product_name, v.size AS variant_name, \
             p.image_url AS image, v.price FROM product_variant v JOIN product p ON p.id = v.product_id \
             WHERE p.status IN ('AVAILABLE', 'LOW_STOCK') ORDER BY v.id";
        let catalogue =
            Self { products: products.into_iter().map(|row| row.id).collect(), goods: store.all(sql, &[]).await? };
        if catalogue.goods.len() < 10 {
            return Err("the demo goods are not on the shelf".into());
        }
        Ok(catalogue)
    }

    /// So many different pack sizes, sorted by id.
    pub fn draw(&self, random: &mut Random, count: usize) -> Vec<Goods> {
        let mut drawn: Vec<Goods> = Vec::with_capacity(count);
        while drawn.len() < count.min(self.goods.len()) {
            let goods = self.goods.get(random.below(self.goods.len()));
            let fresh = goods.filter(|goods| drawn.iter().all(|other| other.variant != goods.variant));
            drawn.extend(fresh.cloned());
        }
        drawn.sort_by_key(|goods| goods.variant);
        drawn
    }
}
