"""Everything that can be drawn, by name."""

from __future__ import annotations

from collections.abc import Callable

from demo.art import computing, devices, dress, electrics, food, living, office, outdoors, play, rooms, tableware, wear
from demo.art.pen import Pen

type_kind = Callable[[Pen, str, str], None]

KINDS: dict[str, type_kind] = {
    function.__name__: function
    for function in (
        tableware.mug, tableware.cup, tableware.tea_tin, tableware.teapot, tableware.bottle, tableware.kettle,
        living.lamp, living.chair, living.plant, living.candle, living.book,
        wear.sneaker, wear.jacket, wear.backpack, wear.watch, wear.sunglasses,
        devices.phone, devices.headphones, devices.keyboard, devices.speaker,
        outdoors.bike,
        office.printer, office.ink, office.toner, office.paper, office.labels, office.calculator, office.tools, office.parcel, office.gift,
        computing.laptop, computing.desktop, computing.monitor, computing.server, computing.chip, computing.memory, computing.hard_disk,
        computing.memory_card, computing.mouse, computing.tablet,
        electrics.cable, electrics.router, electrics.adapter, electrics.ups, electrics.battery, electrics.camera, electrics.lens,
        electrics.projector, electrics.coffee_maker,
        food.fruit, food.vegetables, food.bread, food.milk, food.fish,
        dress.shirt, dress.scarf, dress.socks, dress.boot, dress.handbag, dress.cap, dress.belt, dress.ring, dress.necklace, dress.gloves,
        rooms.sofa, rooms.table, rooms.dresser, rooms.cushion, rooms.flowers, rooms.clock, rooms.pot, rooms.bowl, rooms.bear, rooms.puzzle,
        rooms.cosmetics, rooms.shaver,
        play.guitar, play.drum, play.piano, play.microphone, play.bauble, play.pumpkin, play.eggs, play.tent, play.rod, play.wheel,
        play.helmet, play.suitcase, play.stand,
    )
}
