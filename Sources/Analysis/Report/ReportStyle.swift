/// The style sheet of reports: for screens wide and narrow, light and dark, and for paper.
enum ReportStyle {
  private static let common = """
    *{box-sizing:border-box}
    body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",\
    "DejaVu Sans",Helvetica,Arial,sans-serif;-webkit-text-size-adjust:100%}
    main{max-width:812px;margin:0 auto;padding:16px}
    h1{font-size:1.6rem;line-height:1.25;margin:.6rem 0;overflow-wrap:anywhere}
    h2{font-size:1.25rem;margin:2.2rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--grid)}
    h3{font-size:1rem;margin:1.4rem 0 .4rem}
    p{margin:.5rem 0;max-width:44rem;overflow-wrap:anywhere}
    nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.9rem}
    a{color:var(--link)}
    figure{margin:1rem 0}
    .wide>svg,.narrow>svg{width:100%;height:auto;display:block}
    .narrow{display:none}
    .scroll{overflow-x:auto;margin:.6rem 0;background:\
    linear-gradient(90deg,var(--ground) 9px,transparent) 0 0/28px 100% no-repeat local,\
    linear-gradient(270deg,var(--ground) 9px,transparent) 100% 0/28px 100% no-repeat local,\
    linear-gradient(90deg,var(--quiet),transparent) 0 0/8px 100% no-repeat,\
    linear-gradient(270deg,var(--quiet),transparent) 100% 0/8px 100% no-repeat}
    table{border-collapse:collapse;font-size:.86rem}
    caption{text-align:left;font-weight:600;padding:.2rem 0}
    th,td{padding:.25rem .7rem .25rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--grid)}
    th{border-bottom:1px solid var(--quiet);vertical-align:bottom}
    .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    details{margin:.4rem 0;font-size:.86rem}
    details td{white-space:nowrap}
    details td:last-child{white-space:normal;min-width:17rem}
    summary{cursor:pointer;color:var(--quiet)}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem;font-size:.9rem;margin:.6rem 0}
    dt{color:var(--quiet)}
    dd{margin:0;overflow-wrap:anywhere;min-width:0}
    pre{background:var(--block);padding:.8rem;border-radius:4px;overflow-x:auto;font-size:.82rem;line-height:1.45}
    @media (max-width:560px){.wide{display:none}.narrow{display:block}dl{grid-template-columns:1fr;gap:0}\
    dd{margin-bottom:.5rem}body{font-size:15px}}
    @media print{main{max-width:none;padding:0}body{font-size:10.5pt}nav{display:none}.wide{display:block}\
    .narrow{display:none}figure,tr{break-inside:avoid}h2,h3{break-after:avoid}pre{white-space:pre-wrap;\
    overflow-wrap:anywhere}.scroll{overflow:visible;background:none}td+td{overflow-wrap:anywhere}.wide>svg{max-height:23cm}}
    """

  private static let light = colours(\.light, link: "#0b5cad", block: "#f4f6f8")
  private static let dark = colours(\.dark, link: "#7cc0ff", block: "#1f242a")

  private static func colours(_ shade: KeyPath<Palette.Colour, String>, link: String, block: String) -> String {
    ":root{--ground:\(Palette.ground[keyPath: shade]);--text:\(Palette.text[keyPath: shade]);"
      + "--quiet:\(Palette.quiet[keyPath: shade]);--grid:\(Palette.grid[keyPath: shade]);--link:\(link);--block:\(block)}"
  }

  static func sheet(_ theme: Theme) -> String {
    switch theme {
    case .light: ":root{color-scheme:light}" + light + common
    case .dark: ":root{color-scheme:dark}" + dark + common
    case .auto:
      ":root{color-scheme:light dark}" + light
        + "@media screen and (prefers-color-scheme:dark){" + dark + SVGStyle.darkRules + "}" + common
    }
  }
}
