//! A sheet to draw on: it collects shapes and turns them into one small SVG document.
//!
//! Coordinates are whole numbers on an 800 x 800 sheet. Nothing here knows about food.

use std::fmt::{Arguments, Write as _};
use std::mem;

/// A point, or a pair of radii, or a width and a height.
pub type Pair = (i32, i32);

/// Where a stamp goes: `(x, y, turn in degrees, size in percent)`.
pub type Spot = (i32, i32, i32, i32);

/// One picture in the making.
#[derive(Debug, Default)]
pub struct Canvas {
    defs: String,
    body: String,
    paints: u32,
}

impl Canvas {
    /// The finished document.
    pub fn into_svg(self) -> String {
        let Self { defs, body, .. } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 800 800\" width=\"800\" height=\"800\">\n\
             <defs>{defs}</defs>\n{body}\n</svg>\n"
        )
    }

    /// An ellipse around a centre.
    pub fn ellipse(&mut self, (x, y): Pair, (rx, ry): Pair, fill: &str) {
        if rx == ry {
            self.draw(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{rx}\" fill=\"{fill}\"/>"));
        } else {
            self.draw(format_args!("<ellipse cx=\"{x}\" cy=\"{y}\" rx=\"{rx}\" ry=\"{ry}\" fill=\"{fill}\"/>"));
        }
    }

    /// A rectangle with rounded corners, from its top left corner.
    pub fn block(&mut self, (x, y): Pair, (width, height): Pair, corner: i32, fill: &str) {
        self.draw(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{corner}\" fill=\"{fill}\"/>"
        ));
    }

    /// A filled outline in SVG path notation.
    pub fn shape(&mut self, path: &str, fill: &str) {
        self.draw(format_args!("<path d=\"{path}\" fill=\"{fill}\"/>"));
    }

    /// A line with round ends in SVG path notation.
    pub fn line(&mut self, path: &str, colour: &str, width: i32) {
        self.draw(format_args!(
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-linecap=\"round\"/>"
        ));
    }

    /// The soft shadow of something that stands on the table.
    pub fn shadow(&mut self, centre: Pair, radii: Pair) {
        self.ellipse(centre, radii, "url(#shade)");
    }

    /// A colour that runs from top to bottom of whatever it fills.
    pub fn down(&mut self, from: &str, to: &str) -> String {
        self.paint("linearGradient", "x2=\"0\" y2=\"1\"", from, to)
    }

    /// A colour that runs from left to right.
    pub fn across(&mut self, from: &str, to: &str) -> String {
        self.paint("linearGradient", "", from, to)
    }

    /// A colour that is lit from the upper left, as on a ball.
    pub fn round(&mut self, lit: &str, dark: &str) -> String {
        self.paint("radialGradient", "cx=\".38\" cy=\".32\" r=\".75\"", lit, dark)
    }

    /// A small drawing that repeats in both directions, for grains and crumbs; returns its paint.
    pub fn texture(&mut self, (width, height): Pair, draw: impl FnOnce(&mut Self)) -> String {
        let name = self.next_name();
        let inner = self.apart(draw);
        self.define(format_args!(
            "<pattern id=\"{name}\" width=\"{width}\" height=\"{height}\" \
             patternUnits=\"userSpaceOnUse\">{inner}</pattern>"
        ));
        format!("url(#{name})")
    }

    /// Draws something once, around the point (0, 0), to be placed many times.
    pub fn stamp(&mut self, name: &str, draw: impl FnOnce(&mut Self)) {
        let inner = self.apart(draw);
        self.define(format_args!("<g id=\"{name}\">{inner}</g>"));
    }

    /// Places a stamp at each of these spots, the first one at the back.
    pub fn place(&mut self, name: &str, spots: &[Spot]) {
        for &(x, y, turn, percent) in spots {
            let scale = f64::from(percent) / 100.0;
            let turned = if turn == 0 { String::new() } else { format!(" rotate({turn})") };
            let scaled = if percent == 100 { String::new() } else { format!(" scale({scale})") };
            self.draw(format_args!("<use href=\"#{name}\" transform=\"translate({x} {y}){turned}{scaled}\"/>"));
        }
    }

    /// Draws what is inside the outline only.
    pub fn within(&mut self, outline: &str, draw: impl FnOnce(&mut Self)) {
        let name = self.next_name();
        self.define(format_args!("<clipPath id=\"{name}\"><path d=\"{outline}\"/></clipPath>"));
        let inner = self.apart(draw);
        self.draw(format_args!("<g clip-path=\"url(#{name})\">{inner}</g>"));
    }

    /// Draws something moved, turned (in degrees) and resized (in percent).
    pub fn moved(&mut self, (x, y, turn, percent): Spot, draw: impl FnOnce(&mut Self)) {
        let scale = f64::from(percent) / 100.0;
        let inner = self.apart(draw);
        self.draw(format_args!("<g transform=\"translate({x} {y}) rotate({turn}) scale({scale})\">{inner}</g>"));
    }

    /// Adds a definition that other shapes refer to.
    pub fn define(&mut self, piece: Arguments<'_>) {
        self.defs.write_fmt(piece).expect("writing to a string cannot fail");
    }

    fn draw(&mut self, piece: Arguments<'_>) {
        self.body.write_fmt(piece).expect("writing to a string cannot fail");
    }

    /// What `draw` adds, taken aside instead of being put on the sheet.
    fn apart(&mut self, draw: impl FnOnce(&mut Self)) -> String {
        let outer = mem::take(&mut self.body);
        draw(self);
        mem::replace(&mut self.body, outer)
    }

    fn paint(&mut self, kind: &str, direction: &str, from: &str, to: &str) -> String {
        let name = self.next_name();
        let space = if direction.is_empty() { "" } else { " " };
        self.define(format_args!(
            "<{kind} id=\"{name}\"{space}{direction}><stop stop-color=\"{from}\"/>\
             <stop offset=\"1\" stop-color=\"{to}\"/></{kind}>"
        ));
        format!("url(#{name})")
    }

    fn next_name(&mut self) -> String {
        self.paints += 1;
        format!("p{}", self.paints)
    }
}
