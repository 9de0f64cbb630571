//! Things that food lies in, stands on or goes with: bowls, plates, boards, leaves, heaps.

use super::canvas::{Canvas, Pair, Spot};

/// A bowl whose rim is 480 wide, filled by `fill` (which may rise above the rim, at height 440).
pub fn bowl(c: &mut Canvas, inside: &str, (light, dark): (&str, &str), fill: impl FnOnce(&mut Canvas)) {
    c.shadow((400, 676), (270, 50));
    c.ellipse((400, 440), (244, 74), light);
    c.ellipse((400, 444), (228, 62), inside);
    fill(c);
    let wall = c.across(light, dark);
    c.shape("M156 440A244 74 0 0 0 644 440C640 590 540 684 400 684S160 590 156 440Z", &wall);
    c.line("M160 446A244 74 0 0 0 640 446", "#ffffff8c", 7);
    c.shape("M188 530Q214 620 286 656Q226 600 206 534Z", "#ffffff59");
}

/// A flat plate on the table; its middle is at (400, 590).
pub fn plate(c: &mut Canvas, rim: &str, well: &str) {
    c.shadow((400, 640), (350, 70));
    c.ellipse((400, 606), (322, 98), "#00000022");
    c.ellipse((400, 594), (322, 98), rim);
    c.ellipse((400, 590), (246, 68), "#00000014");
    c.ellipse((400, 594), (242, 64), well);
}

/// A wooden cutting board seen from the front; its top runs from y = 520 to y = 670.
pub fn board(c: &mut Canvas) {
    c.shadow((400, 700), (390, 60));
    c.shape("M56 668H744V690Q744 704 728 704H72Q56 704 56 690Z", "#a8713f");
    let wood = c.down("#d9a871", "#c8925a");
    c.shape("M138 520H662Q674 520 680 530L744 656Q750 672 732 672H68Q50 672 56 656L120 530Q126 520 138 520Z", &wood);
    c.line("M150 560Q400 548 640 566M110 610Q360 596 690 616M220 644Q420 634 600 648", "#a8713f66", 4);
}

/// Defines the stamp `leaf`: a leaf 120 long that points up from (0, 0).
pub fn leaf(c: &mut Canvas, light: &str, dark: &str) {
    let green = c.across(light, dark);
    c.stamp("leaf", |c| {
        c.shape("M0 0C-46-30-44-86 0-124C44-86 46-30 0 0Z", &green);
        c.line("M0-4V-104M0-40L-20-60M0-40L20-60", "#ffffff66", 3);
    });
}

/// Defines the stamp `sprig`: a thin herb 150 long that points up from (0, 0).
pub fn sprig(c: &mut Canvas) {
    c.stamp("sprig", |c| {
        c.line("M0 0Q8-80 0-150", "#4f7d45", 6);
        let needles = "M2-20L-26-42M2-20L32-40M4-50L-26-74M4-50L34-72M4-82L-22-106M4-82L30-104M2-112L-14-138\
                       M2-112L20-136";
        c.line(needles, "#5f9350", 9);
    });
}

/// A round slice of lemon.
pub fn lemon(c: &mut Canvas, (x, y): Pair, percent: i32) {
    c.moved((x, y, 12, percent), |c| {
        c.ellipse((0, 8), (100, 100), "#00000018");
        c.ellipse((0, 0), (100, 100), "#f6c831");
        c.ellipse((0, 0), (88, 88), "#fff7d6");
        c.ellipse((0, 0), (76, 76), "#fbdc62");
        c.line("M-76 0H76M0-76V76M-54-54L54 54M54-54L-54 54", "#fff7d6", 9);
    });
}

/// A row of a heap: `(y, half of its width, how many)`.
pub type Row = (i32, i32, i32);

/// Piles stamps up around x = 400, row after row from the back to the front, a little untidily.
pub fn heap(c: &mut Canvas, stamps: &[&str], rows: &[Row], percent: i32, seed: i32) {
    let mut dice = Dice(seed);
    let mut names = stamps.iter().cycle();
    for &(y, half, count) in rows {
        for nth in 0..count {
            let gap = if count > 1 { 2 * half * nth / (count - 1) } else { half };
            let spot: Spot = (400 - half + gap + dice.around(9), y + dice.around(9), dice.around(170), percent);
            if let Some(name) = names.next() {
                c.place(name, &[spot]);
            }
        }
    }
}

/// A tiny generator of numbers: the same seed draws the same picture on every machine.
struct Dice(i32);

impl Dice {
    /// A number between `-reach` and `reach`.
    fn around(&mut self, reach: i32) -> i32 {
        self.0 = (self.0 * 75 + 74) % 65_537;
        self.0 % (2 * reach + 1) - reach
    }
}
