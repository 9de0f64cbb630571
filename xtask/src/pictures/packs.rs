//! Protein products: tubs, pouches, bars and bottles.

use super::canvas::Canvas;
use super::props;

/// A dumb-bell around (0, 0), 200 wide.
fn dumb_bell(c: &mut Canvas, colour: &str) {
    c.block((-60, -10), (120, 20), 6, colour);
    c.block((-84, -46), (30, 92), 10, colour);
    c.block((54, -46), (30, 92), 10, colour);
    c.block((-108, -30), (26, 60), 9, colour);
    c.block((82, -30), (26, 60), 9, colour);
}

/// A tub of chocolate whey with its scoop.
pub fn whey_protein(c: &mut Canvas) {
    c.shadow((390, 690), (290, 50));
    let side = c.across("#5a4038", "#2c1d1a");
    let lid = c.across("#3b3f47", "#1d2026");
    c.shape("M190 300H540V640C540 676 460 694 365 694S190 676 190 640Z", &side);
    c.shape("M190 380C260 410 470 410 540 380V590C470 622 260 622 190 590Z", "#f4ead9");
    c.shape("M190 380C260 410 470 410 540 380V420C470 452 260 452 190 420Z", "#c9572f");
    c.moved((365, 510, -12, 110), |c| dumb_bell(c, "#3b2822"));
    c.shape("M176 196H554V300C554 330 470 344 365 344S176 330 176 300Z", &lid);
    c.ellipse((365, 196), (189, 46), "#4d525c");
    c.ellipse((365, 194), (160, 34), "#5d636e");
    c.line("M210 250V310M250 258V322M290 262V328M440 262V328M480 258V322M520 250V310", "#ffffff26", 7);
    c.shape("M206 344H226V640L214 632Z", "#ffffff33");
    let powder = c.round("#a8775a", "#6b432e");
    c.shape("M470 690C500 610 560 590 610 600C680 610 730 660 744 690Z", &powder);
    c.moved((590, 600, -28, 92), |c| {
        c.block((70, -44), (180, 30), 14, "#e7e9ec");
        c.shape("M-80-50H80L66 60Q60 74 44 74H-44Q-60 74-66 60Z", "#f6f7f8");
        c.shape("M-76-50C-50-96 50-96 76-50Z", &powder);
        c.line("M-60-36L-52 50", "#ffffff", 9);
    });
}

/// A pouch of plant protein and pea pods.
pub fn plant_protein(c: &mut Canvas) {
    props::leaf(c, "#a4cf6c", "#5c9a43");
    c.shadow((400, 690), (290, 50));
    let film = c.across("#eef2df", "#bfcb9c");
    c.shape("M222 160H578L592 210Q560 430 606 650Q612 690 570 690H230Q188 690 194 650Q240 430 208 210Z", &film);
    c.block((216, 160), (368, 40), 6, "#7f9a58");
    c.line("M230 216H570", "#93a67080", 6);
    c.ellipse((400, 420), (128, 128), "#5f8a45");
    c.place("leaf", &[(400, 500, 0, 120), (396, 500, -46, 96), (404, 500, 46, 96)]);
    c.line("M290 600H510M330 632H470", "#7f9a58", 11);
    c.shape("M232 240Q262 430 222 650L206 650Q246 430 222 240Z", "#ffffff80");
    let pod = c.down("#8cc556", "#4f8a34");
    let pea = c.round("#c9ec8a", "#76ad3f");
    c.stamp("pod", |c| {
        c.shape("M-170-10C-100-70 90-70 170 0C90 70-100 60-170-10Z", &pod);
        c.shape("M-140-6C-80-44 80-42 140 2C80 38-80 36-140-6Z", "#3f742b");
        c.ellipse((-84, -4), (30, 30), &pea);
        c.ellipse((-28, -4), (34, 34), &pea);
        c.ellipse((34, -2), (34, 34), &pea);
        c.ellipse((90, 0), (28, 28), &pea);
        c.line("M-168-10Q-200-20-208-40", "#5c9a43", 9);
    });
    c.place("pod", &[(610, 660, -12, 92), (170, 680, 12, 76)]);
}

/// A protein bar with a bite taken.
pub fn protein_bar(c: &mut Canvas) {
    c.shadow((400, 640), (350, 64));
    c.moved((400, 440, -16, 100), |c| {
        let foil = c.down("#6a86c9", "#37509a");
        let crumb = c.down("#c99a5f", "#94652f");
        let coat = c.down("#7a4a2c", "#462513");
        c.shape("M-40-130L330-130L350-100L330-70L350-40L330-10L350 20L330 50L350 80L330 116L-40 116Z", &foil);
        c.shape("M-40-130L330-130L340-112H-40Z", "#ffffff40");
        c.moved((170, -6, 0, 84), |c| dumb_bell(c, "#fbf4dc"));
        let bar = "M-40-116H-300C-290-90-320-80-306-56C-290-40-322-20-308 6C-292 24-320 40-300 66\
                   C-290 84-300 96-290 104H-40Z";
        c.shape(bar, &coat);
        c.shape("M-300-70C-290-40-322-20-308 6C-292 24-312 36-298 62L-270 66V-74Z", &crumb);
        c.stamp("bit", |c| {
            c.shape("M-26 0C-20-22 16-24 26-4C24 18-14 24-26 0Z", "#e9c98d");
        });
        c.place("bit", &[(-290, -34, 20, 60), (-286, 24, -20, 64), (-284, 52, 40, 50), (-286, -4, 10, 50)]);
        c.place(
            "bit",
            &[
                (-220, -60, 10, 110),
                (-130, -30, -20, 120),
                (-190, 30, 30, 110),
                (-90, 60, 0, 110),
                (-96, -84, 40, 90),
                (-240, -4, 60, 80),
            ],
        );
        c.shape("M-40-130L-66-100L-40-70L-66-40L-40-10L-66 20L-40 50L-66 80L-40 116L-10 116V-130Z", "#c3cfe8");
        c.line("M-270-100H-80", "#ffffff40", 9);
    });
    let nut = c.across("#cf9354", "#8f5226");
    c.stamp("nut", |c| {
        c.shape("M0-60C26-40 40-10 38 18C36 46 20 60 0 60S-36 46-38 18C-40-10-26-40 0-60Z", &nut);
    });
    c.place("nut", &[(190, 660, 60, 100), (280, 700, -30, 100), (560, 640, 80, 90)]);
    c.ellipse((380, 690), (9, 9), "#94652f");
    c.ellipse((420, 706), (7, 7), "#94652f");
}

/// Bottles of a protein drink with grains.
pub fn protein_drink(c: &mut Canvas) {
    c.shadow((400, 690), (320, 48));
    let body = c.across("#f6e8cf", "#d3b283");
    let cap = c.across("#7d5a3a", "#523620");
    c.stamp("bottle", |c| {
        c.block((-56, -330), (112, 70), 14, &cap);
        c.shape(
            "M-62-262H62C70-200 116-190 116-110V290Q116 330 76 330H-76Q-116 330-116 290V-110\
             C-116-190-70-200-62-262Z",
            &body,
        );
        c.shape("M-116-60Q-60-90 0-60T116-66V190H-116Z", "#8a5f3b");
        c.ellipse((0, 60), (78, 78), "#fbf1dc");
        c.moved((0, 60, -14, 60), |c| dumb_bell(c, "#8a5f3b"));
        c.line("M-92-120V280", "#ffffffa6", 13);
        c.line("M-36-320V-270M0-320V-270M36-320V-270", "#ffffff33", 6);
    });
    c.place("bottle", &[(262, 440, 0, 74), (540, 440, 0, 74), (400, 430, 0, 80)]);
    c.stamp("grain", |c| {
        c.shape("M-34 0C-20-20 20-20 34 0C20 18-20 18-34 0Z", "#d3a257");
        c.line("M-22 0H22", "#9a6d2c", 4);
    });
    c.place(
        "grain",
        &[
            (110, 680, 20, 100),
            (170, 716, -20, 100),
            (650, 700, 30, 100),
            (710, 670, -30, 100),
            (600, 726, 0, 90),
            (250, 724, 10, 90),
        ],
    );
}
