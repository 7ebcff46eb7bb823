"""Product pictures as parametric SVG: no photographs, no outside assets.

Every kind is a function `(pen, main, accent)` that draws one object in a 400 x 400 box whose ground line is y = 330 and
whose light comes from the upper left. The recipe: silhouette first; volume by gradients, never outlines; two colours,
the accent a material; three true details; a wide soft shadow and a tight dark one; a pale studio ground. No brand marks,
no letters that carry meaning, no people. Colours are mixed in OKLab, so a lighter tone keeps its hue.
"""
