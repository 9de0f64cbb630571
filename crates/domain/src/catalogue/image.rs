//! A picture of a product: what it is called, and what is in it.

use std::fmt;

use crate::shared::Entropy;

/// What is in a picture, as its encoding says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageKind {
    /// Photographs.
    Jpeg,
    /// Pictures with something transparent.
    Png,
    /// Kept from earlier times; nothing is made into it any more.
    Gif,
    /// The same.
    WebP,
}

impl ImageKind {
    /// How names end.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::WebP => "webp",
        }
    }

    /// What browsers are told.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }

    fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "jpg" | "jpeg" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            "gif" => Some(Self::Gif),
            "webp" => Some(Self::WebP),
            _ => None,
        }
    }
}

/// The name of a picture: a UUID and an extension. Drawn, never anything that a client said.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ImageName {
    text: String,
    kind: ImageKind,
}

impl ImageName {
    /// A name that nothing has.
    pub fn draw(kind: ImageKind, entropy: &dyn Entropy) -> Self {
        // Of a random UUID, six bits say that it is one.
        let bits = u128::from_be_bytes(entropy.bytes()) & !((0xf << 76) | (0x3 << 62));
        let bits = bits | (0x4 << 76) | (0x2 << 62);
        let digits = format!("{bits:032x}");
        let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
        let groups: Vec<&str> = groups.into_iter().filter_map(|group| digits.get(group)).collect();
        Self { text: format!("{}.{}", groups.join("-"), kind.extension()), kind }
    }

    /// The name that a text is, to the letter; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, extension) = text.split_once('.')?;
        let groups: Vec<&str> = id.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_id = lengths == [8, 4, 4, 4, 12] && groups.iter().all(|group| group.bytes().all(is_digit));
        let kind = ImageKind::of_extension(extension)?;
        is_id.then(|| Self { text: text.to_owned(), kind })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What is in it.
    pub fn kind(&self) -> ImageKind {
        self.kind
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A picture that we encoded ourselves: fit for any browser, with nothing in it but pixels.
#[derive(Clone, PartialEq, Eq)]
pub struct CleanImage {
    /// Its encoding.
    pub kind: ImageKind,
    /// The file.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for CleanImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} of {} bytes", self.kind, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::CountingEntropy;

    #[test]
    fn a_drawn_name_is_a_random_uuid_and_unlike_the_one_before() {
        let entropy = CountingEntropy::default();
        let first = ImageName::draw(ImageKind::Jpeg, &entropy);
        let second = ImageName::draw(ImageKind::Png, &entropy);
        assert_ne!(first, second);
        for name in [first, second] {
            assert_eq!(ImageName::parse(name.as_str()), Some(name.clone()));
            let letters: Vec<char> = name.as_str().chars().collect();
            assert_eq!(letters.get(14), Some(&'4'), "{name}");
            assert!(letters.get(19).is_some_and(|letter| "89ab".contains(*letter)), "{name}");
        }
    }

    #[test]
    fn only_names_of_that_one_shape_are_names() {
        const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
        for (extension, kind) in [
            ("jpg", ImageKind::Jpeg),
            ("jpeg", ImageKind::Jpeg),
            ("png", ImageKind::Png),
            ("gif", ImageKind::Gif),
            ("webp", ImageKind::WebP),
        ] {
            assert_eq!(ImageName::parse(&format!("{ID}.{extension}")).map(|name| name.kind()), Some(kind));
        }
        for wrong in [
            String::new(),
            ID.to_owned(),
            format!("{ID}."),
            format!("{ID}.svg"),
            format!("{ID}.JPG"),
            format!("{ID}.jpg "),
            format!("{ID}.jpg?v=1"),
            format!("{ID}.jpg#a"),
            format!("{ID}.jpg/"),
            format!("{ID}.jpg.png"),
            format!("../{ID}.jpg"),
            format!("%2e%2e/{ID}.jpg"),
            format!("{ID}%2ejpg"),
            format!("a/{ID}.jpg"),
            format!("{}.jpg", ID.to_uppercase()),
            format!("{}.jpg", ID.replace('-', "")),
            "0f8fad5b-d9cb-469f-a165-70867728950.jpg".to_owned(),
            "0f8fad5b-d9cb-469f-a165-7086772895%%.jpg".to_owned(),
            "0f8fad5b-d9cb-469f-a165-70867728950e\0.jpg".to_owned(),
        ] {
            assert_eq!(ImageName::parse(&wrong), None, "{wrong:?}");
        }
    }
}
