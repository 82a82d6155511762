"""The medians as bars, a panel a scenario, each with its own axis."""

from template.benchmarks.peers.peer import PEERS, SCENARIOS
from template.benchmarks.peers.results import Run, medians, named


def picture(runs: list[Run]) -> str:
    """SVG of wall seconds; Lockstep's bars stand out."""
    import vl_convert

    costs = medians(runs)
    rows = [
        {
            "scenario": SCENARIOS[scenario],
            "peer": PEERS[peer].title,
            "seconds": costs[peer, scenario].wall,
            "said": f"{costs[peer, scenario].wall:.1f}",
            "ours": peer.startswith("lockstep"),
        }
        for scenario in named(runs, "scenario")
        for peer in named(runs, "peer")
        if (peer, scenario) in costs
    ]
    titles = [PEERS[peer].title for peer in named(runs, "peer")]
    panels = [SCENARIOS[scenario] for scenario in named(runs, "scenario")]
    y = {"field": "peer", "type": "nominal", "title": None, "sort": titles}
    x = {"field": "seconds", "type": "quantitative", "title": "s", "axis": {"tickCount": 3}}
    colour = {"condition": {"test": "datum.ours", "value": "#1f5fa8"}, "value": "#9a9a9a"}
    panel = {"field": "scenario", "type": "nominal", "title": None, "sort": panels}
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": rows},
        "facet": {"column": panel},
        "resolve": {"scale": {"x": "independent"}},
        "spec": {
            "width": 130,
            "height": {"step": 20},
            "encoding": {"y": y, "x": x},
            "layer": [
                {"mark": "bar", "encoding": {"color": colour}},
                {
                    "mark": {"type": "text", "align": "left", "dx": 3},
                    "encoding": {"text": {"field": "said"}},
                },
            ],
        },
    }
    drawn: str = vl_convert.vegalite_to_svg(spec)
    return drawn
