//! What is behind the food: a wall, a table and a soft disc of light, in one of a few quiet moods.

use super::canvas::Canvas;

/// The mood of a picture.
#[derive(Debug, Clone, Copy)]
pub enum Mood {
    /// Warm beige.
    Sand,
    /// Pale green with a blue touch.
    Mint,
    /// Light blue.
    Sky,
    /// Pink.
    Blush,
    /// Pale yellow.
    Lemon,
    /// Light violet.
    Lilac,
    /// Light orange.
    Peach,
    /// Grey green.
    Sage,
}

impl Mood {
    /// Wall, light and table.
    const fn colours(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Sand => ("#f3e7d6", "#fbf4ea", "#e2cdb0"),
            Self::Mint => ("#d9efe6", "#eefaf5", "#b4dccb"),
            Self::Sky => ("#d8eaf6", "#eef7fc", "#b3d3e8"),
            Self::Blush => ("#f9e0de", "#fdf1ef", "#edc2be"),
            Self::Lemon => ("#fbf0cd", "#fef9e6", "#f0d994"),
            Self::Lilac => ("#e6e1f3", "#f4f1fb", "#cbc1e4"),
            Self::Peach => ("#fde4d0", "#fff3e8", "#f4c6a0"),
            Self::Sage => ("#e3ead9", "#f3f7ed", "#c3d0b1"),
        }
    }

    /// Covers the whole sheet and defines the shade that shadows are made of.
    pub fn cover(self, canvas: &mut Canvas) {
        let (wall, light, table) = self.colours();
        canvas.define(format_args!(
            "<radialGradient id=\"shade\"><stop stop-color=\"#3a2a1c\" stop-opacity=\".38\"/>\
             <stop offset=\".6\" stop-color=\"#3a2a1c\" stop-opacity=\".2\"/>\
             <stop offset=\"1\" stop-color=\"#3a2a1c\" stop-opacity=\"0\"/></radialGradient>"
        ));
        canvas.block((0, 0), (800, 800), 0, wall);
        canvas.ellipse((400, 370), (300, 300), light);
        canvas.shape("M0 548Q400 508 800 548V800H0Z", table);
    }
}
