//! The pictures of the demo goods, carried inside the binary.

macro_rules! pictures {
    ($($slug:literal),* $(,)?) => {
        /// Slug and drawing, sorted by slug.
        const PICTURES: &[(&str, &[u8])] =
            &[$(($slug, include_bytes!(concat!("../../demo/pictures/", $slug, ".svg")))),*];
    };
}

pictures![
    "abc-juice",
    "almond",
    "apple",
    "avocado",
    "banana",
    "beef-round",
    "beef-striploin",
    "black-bean",
    "blueberry",
    "broccoli",
    "brown-rice",
    "carrot",
    "cashew",
    "cherry-tomato",
    "chicken-breast",
    "chicken-sausage",
    "chicken-tender",
    "chickpea",
    "dark-chocolate",
    "dried-sweet-potato",
    "egg",
    "gim",
    "greek-yogurt",
    "honey",
    "kabocha",
    "kiwi",
    "konjac-jelly",
    "low-fat-milk",
    "mackerel",
    "mixed-nuts",
    "multigrain-bowl",
    "oatmeal",
    "olive-oil",
    "paprika",
    "peanut-butter",
    "pistachio",
    "plant-protein",
    "pork-tenderloin",
    "protein-bar",
    "protein-drink",
    "pumpkin-seed",
    "quinoa",
    "roasted-egg",
    "salmon",
    "shiitake",
    "shrimp",
    "smoked-chicken",
    "smoked-duck",
    "soy-milk",
    "squid",
    "strawberry",
    "string-cheese",
    "sweet-potato",
    "tofu",
    "tuna-can",
    "walnut",
    "whey-protein",
    "wholewheat-bread",
];

/// The drawing (SVG) of the product with that slug.
pub fn picture(slug: &str) -> Option<&'static [u8]> {
    let place = PICTURES.binary_search_by_key(&slug, |(slug, _)| slug).ok()?;
    PICTURES.get(place).map(|(_, drawing)| *drawing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_is_carried() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/pictures");
        let mut drawn: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".svg", ""))
            .collect();
        drawn.sort();
        let carried: Vec<_> = PICTURES.iter().map(|(slug, _)| *slug).collect();
        assert_eq!(carried, drawn);
    }

    #[test]
    fn a_picture_is_found_by_its_slug() {
        assert!(picture("almond").unwrap().starts_with(b"<svg"));
        assert!(picture("almond.svg").is_none());
        assert!(picture("../almond").is_none());
    }
}
