using AdmissionGuard.Plans;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Pages;

/// <summary>
/// How a page looks: on a phone, a desk and paper, by day and by night. Colours of texts have a contrast of 4.5 or more to what is behind them.
/// </summary>
internal static class PageStyle
{
    private const string Light =
        $"{PlanSvg.Light};--panel:#f6f8fa;--link:#0969da;--deny:#cf222e;--warn:#8a5a00;--fix:#1a7f37;--audit:#59636e;--added:#dafbe1";
    private const string Dark =
        $"{PlanSvg.Dark};--panel:#161b22;--link:#58a6ff;--deny:#ff7b72;--warn:#d29922;--fix:#3fb950;--audit:#9198a1;--added:#12361f";

    public static string Text { get; } =
        JoinedLines.Of(
            $$$"""

            :root{color-scheme:light dark;{{{Light}}}}
            @media screen and (prefers-color-scheme:dark){:root{{{{Dark}}}}}
            *{box-sizing:border-box}
            html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
            body{margin:0 auto;max-width:76rem;padding:1.5rem;background:var(--back);color:var(--text);\
            font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
            h1{font-size:1.75rem;line-height:1.2;margin:0}h2{font-size:1.25rem;margin:2.5rem 0 .75rem;padding-bottom:.3rem;\
            border-bottom:1px solid var(--grid)}h3{font-size:1rem;margin:0 0 .35rem}
            p{margin:.35rem 0}ul{margin:.35rem 0;padding-left:1.2rem}small{font-weight:400;color:var(--muted)}
            a{color:var(--link);text-underline-offset:.15em}
            :focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
            .defs{position:absolute}
            .sub{color:var(--muted)}.more{color:var(--muted);font-size:.875rem}
            code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.8125rem}
            pre{margin:.35rem 0;padding:.6rem .8rem;overflow-x:auto;overflow-wrap:normal;background:var(--back);\
            border:1px solid var(--grid);border-radius:6px;line-height:1.45}
            ins{display:inline-block;min-width:100%;margin-bottom:-1px;text-decoration:none;background:var(--added)}
            .totals{display:grid;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));gap:.6rem;margin:1.25rem 0 0}
            .totals div{padding:.6rem .8rem;background:var(--panel);border:1px solid var(--grid);border-left:4px solid var(--grid);border-radius:6px}
            .totals dt{font-size:.875rem;color:var(--muted)}.totals dd{margin:0;font-size:1.5rem;font-weight:600;\
            line-height:1.25;font-variant-numeric:tabular-nums}
            .totals small{display:block;font-size:.75rem}
            .totals .deny{border-left-color:var(--deny)}.totals .warn{border-left-color:var(--warn)}.totals .fix{border-left-color:var(--fix)}
            .totals .deny dd{color:var(--deny)}.totals .warn dd{color:var(--warn)}.totals .fix dd{color:var(--fix)}
            .columns{display:grid;grid-template-columns:1fr 1fr;gap:0 2.5rem;align-items:start}
            table{width:100%;border-collapse:collapse;font-size:.875rem}
            th,td{padding:.3rem .4rem;border-bottom:1px solid var(--grid);text-align:right;vertical-align:top;\
            font-variant-numeric:tabular-nums;overflow-wrap:normal}
            th:first-child{width:100%;padding-left:0;text-align:left;overflow-wrap:anywhere}thead th{color:var(--muted);\
            font-weight:400}tbody th{font-weight:400}
            td.none{color:var(--muted)}td.deny{color:var(--deny);font-weight:600}td.warn{color:var(--warn)}td.fix{color:var(--fix)}
            table.trend{max-width:30rem;margin-bottom:1rem}
            .bar{display:block;width:100%;height:5px;margin-top:.2rem;print-color-adjust:exact;-webkit-print-color-adjust:exact}
            rect.deny{fill:var(--deny)}rect.warn{fill:var(--warn)}rect.fix{fill:var(--fix)}rect.audit{fill:var(--audit)}
            #filter{display:flex;flex-wrap:wrap;gap:.6rem 1.2rem;align-items:center;margin:.75rem 0}#filter[hidden]{display:none}
            #filter label{display:inline-flex;gap:.4rem;align-items:center;max-width:100%;white-space:nowrap}
            input,select{font:inherit;padding:.3rem .5rem;color:inherit;background:var(--back);border:1px solid var(--muted);border-radius:6px}
            #filter-text{width:20rem;min-width:0}#filter output{color:var(--muted)}
            .card,.plan,.rule{margin:.75rem 0;padding:.8rem 1rem;border:1px solid var(--grid);border-radius:6px;background:var(--panel)}
            .card{border-left:4px solid var(--audit)}.card[hidden]{display:none}
            .card.deny{border-left-color:var(--deny)}.card.warn{border-left-color:var(--warn)}.card.fix{border-left-color:var(--fix)}
            .tag{display:inline-block;padding:0 .45rem;border:1px solid currentColor;border-radius:1rem;font-size:.75rem;\
            font-weight:600;line-height:1.5;color:var(--audit)}
            .tag.deny{color:var(--deny)}.tag.warn{color:var(--warn)}.tag.fix{color:var(--fix)}.tag.new{color:var(--link)}
            .places,.legend{padding-left:0;list-style:none;font-size:.875rem}.places span{color:var(--muted)}.places li+li{margin-top:.3rem}
            .sentences{font-size:.875rem}.sentences li{margin:.25rem 0}
            .label{margin-top:.6rem;font-size:.8125rem;color:var(--muted)}
            .chart{overflow-x:auto;margin:.5rem 0}.chart svg{display:block;width:100%;min-width:30rem;max-width:54rem;height:auto}
            .legend b{display:inline-block;min-width:1.1rem;text-align:center;color:var(--gate)}.legend .bg{height:.3rem;\
            vertical-align:middle;background:var(--watched)}
            .figures{margin:.5rem 0 0;font-size:.875rem}.figures div{display:grid;grid-template-columns:11rem 1fr;\
            gap:.2rem 1rem;padding:.2rem 0}.figures dt{color:var(--muted)}.figures dd{margin:0}
            .rule:target,.plan:target,.card:target{border-color:var(--link)}
            footer{margin-top:2.5rem;padding-top:.75rem;border-top:1px solid var(--grid);color:var(--muted);font-size:.875rem}
            @media (max-width:700px){
            body{padding:1rem}.columns,.figures div{grid-template-columns:minmax(0,1fr)}.figures div{gap:0}
            .totals{grid-template-columns:repeat(2,minmax(0,1fr))}#filter-text{flex:1}#filter label:first-child{flex-basis:100%}
            }
            @media print{
            html{font-size:9.5pt}body{max-width:none;padding:0;font-size:1rem}#filter{display:none!important}
            .card,.plan,.rule,.totals div,.sentences li,tr{break-inside:avoid}h2,h3,h2+p{break-after:avoid}.card[hidden]{display:block}
            a{color:inherit;text-decoration:none}pre{white-space:pre-wrap;overflow-wrap:anywhere}.chart{overflow:visible}\
            .chart svg{min-width:0;max-width:36rem}
            .card,.plan,.rule,.totals div{background:none}
            }
            {{{PlanSvg.Classes}}}

            """
        );
}
