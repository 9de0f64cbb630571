//! Tofu, soy milk and pulses.

use super::canvas::Canvas;
use super::props;

/// A block of tofu with a few cubes cut off.
pub fn tofu(c: &mut Canvas) {
    props::plate(c, "#5f7f8e", "#7496a5");
    let front = c.down("#fffaee", "#ecdfc6");
    c.stamp("block", |c| {
        c.shape("M-150-60L-60-130H190L110-60Z", "#fffdf7");
        c.shape("M110-60L190-130V40L110 120Z", "#d9c8a8");
        c.shape("M-150-60H110V110Q110 120 100 120H-140Q-150 120-150 110Z", &front);
        c.line(
            "M-120-20L-112-14M-40 30L-34 34M40-30L48-26M-90 80L-84 84M70 70L76 74M10 90L16 92M140-40\
             L146-46M150 20L156 14",
            "#cdb98f99",
            7,
        );
        c.line("M-146-58H108", "#ffffff", 6);
    });
    c.place("block", &[(390, 450, 0, 126)]);
    c.place("block", &[(206, 590, 0, 48), (560, 610, 0, 50)]);
    c.stamp("ring", |c| {
        c.ellipse((0, 0), (22, 14), "#5f9a3f");
        c.ellipse((0, 0), (12, 7), "#cfe8a6");
    });
    c.place(
        "ring",
        &[
            (330, 330, -10, 110),
            (420, 310, 20, 110),
            (480, 336, 0, 110),
            (390, 352, 30, 100),
            (350, 640, 10, 100),
            (440, 650, -20, 100),
        ],
    );
}

/// A glass of soy milk with beans and a carton.
pub fn soy_milk(c: &mut Canvas) {
    let bean = c.round("#f8e3a4", "#cfa24e");
    c.stamp("soy", |c| {
        c.ellipse((0, 0), (40, 33), &bean);
        c.ellipse((18, 12), (11, 5), "#8d6a2f");
        c.ellipse((-14, -12), (11, 7), "#ffffff99");
    });
    c.shadow((390, 690), (300, 46));
    let pack = c.across("#f3ead6", "#d3c19b");
    c.shape("M160 300L200 200H380L420 300Z", "#e6d6b4");
    c.block((200, 166), (180, 44), 8, "#c9b68c");
    c.block((160, 298), (260, 390), 12, &pack);
    c.shape("M160 440Q230 400 290 440T420 430V560H160Z", "#7f9f57");
    c.ellipse((290, 486), (88, 88), "#fffaf0");
    c.place("soy", &[(262, 470, -20, 92), (322, 476, 30, 92), (292, 522, 0, 92)]);
    c.line("M178 320V660", "#ffffff99", 9);
    let milk = c.across("#fdf5e1", "#e8d6ae");
    c.shape("M470 380H690L666 656Q662 690 630 690H530Q498 690 494 656Z", "#ffffff8c");
    c.shape("M480 440H680L660 648Q656 676 628 676H532Q504 676 500 648Z", &milk);
    c.ellipse((580, 440), (100, 24), "#fffbf0");
    c.ellipse((580, 380), (110, 24), "#ffffff8c");
    c.line("M496 470L510 640", "#ffffffcc", 9);
    c.place("soy", &[(120, 690, 10, 90), (440, 706, -30, 90), (500, 724, 60, 84), (710, 700, 20, 90)]);
}

/// Black beans in a brass bowl.
pub fn black_bean(c: &mut Canvas) {
    let bean = c.round("#5d5566", "#17131c");
    let heart = c.round("#b9d37c", "#7d9c46");
    c.stamp("black", |c| {
        c.ellipse((0, 0), (52, 42), &bean);
        c.ellipse((24, 14), (15, 6), "#d9cfc2");
        c.ellipse((-18, -15), (14, 9), "#ffffff66");
    });
    props::bowl(c, "#221c28", ("#f0cf8a", "#b98a3d"), |c| {
        let rows = [(336, 40, 2), (366, 110, 4), (402, 164, 6), (440, 184, 7), (466, 140, 5)];
        props::heap(c, &["black"], &rows, 86, 77);
    });
    c.place("black", &[(140, 690, 0, 84), (660, 700, 40, 84), (210, 720, -30, 80)]);
    c.moved((590, 710, 12, 84), |c| {
        c.ellipse((0, 0), (52, 42), "#221c28");
        c.ellipse((0, -2), (44, 34), &heart);
        c.line("M-34-2H34", "#5f7d33", 5);
    });
}

/// Chickpeas, scooped.
pub fn chickpea(c: &mut Canvas) {
    let pea = c.round("#fbe3ac", "#cf9a4c");
    c.stamp("pea", |c| {
        c.shape(
            "M-4-52C10-60 20-54 20-46C48-40 58-10 50 16C42 44 8 52-16 46C-48 40-58 8-48-18C-42-38-24-48-4-52Z",
            &pea,
        );
        c.line("M8-46C-2-20 0 4-8 26", "#a8763399", 6);
        c.ellipse((-24, -14), (11, 8), "#ffffff8c");
    });
    c.shadow((400, 660), (340, 70));
    let wood = c.across("#d39a62", "#9d6533");
    c.moved((400, 440, -18, 100), |c| {
        c.block((180, -34), (220, 62), 30, &wood);
        c.shape("M-300-100C-310 40-250 130-60 130C110 130 190 90 200 20V-50Z", "#8a5529");
        c.shape("M-300-100C-210-140 100-120 200-50C140 0-200-10-300-100Z", "#6f421c");
    });
    c.moved((-20, 0, 0, 100), |c| {
        let rows = [(360, 120, 4), (396, 170, 6), (436, 190, 6)];
        props::heap(c, &["pea"], &rows, 82, 5);
    });
    c.moved((400, 440, -18, 100), |c| {
        c.shape("M-300-100C-310 40-250 130-60 130C110 130 190 90 200 20V-50C140 40-180 60-300-100Z", &wood);
        c.line("M-286-60C-250 30-150 70-40 74", "#ffffff4d", 11);
    });
    c.place(
        "pea",
        &[
            (150, 640, 10, 92),
            (250, 680, -40, 92),
            (350, 660, 60, 92),
            (460, 690, 20, 92),
            (560, 640, -20, 92),
            (640, 690, 0, 92),
            (110, 560, 30, 84),
        ],
    );
}
