using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Formats;
using AdmissionGuard.Plans;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Pages;

/// <summary>
/// A page that stands alone, to look around in and to hand on: nothing of it comes from elsewhere, and a browser that obeys its policy runs and loads
/// nothing but
/// what is in it. Complete without its script, which only filters. It is XML too.
/// </summary>
internal static class CheckHtml
{
    /// <summary>Of each list of sentences; the rest is counted.</summary>
    private const int Most = 100;

    public static void Write(TextWriter output, CheckReport report, FormatOptions options)
    {
        var trend = options.Earlier is { } earlier ? Trend.Of(report, earlier) : null;
        var plans = new PagePlans(report);
        output.Write(
            $"""
            <!DOCTYPE html>
            <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
            {Head(report, options)}
            <body>
            {PlanPattern}
            {Header(report, options)}
            <main>
            {Sentences("errors", "Could not be judged", [.. report.Errors.Select(e => e.ToString())])}{(
                trend is null ? Markup.None : PageTrend.Of(report, trend)
            )}{PageTables.Of(report)}{PageFindings.Of(report, options, trend, plans)}{plans.Section()}{PageRules.Of(report)}{Sentences(
                "notices",
                "Notices",
                report.Notices
            )}</main>
            <footer><p>{CheckText.Summary(report, options)}.</p></footer>
            <script>{PageScript.Text}</script>
            </body>
            </html>

            """.ReplaceLineEndings(
                "\n"
            )
        );
    }

    private static Markup PlanPattern => Markup.Trusted($"""<svg class="defs" aria-hidden="true" width="0" height="0">{PlanSvg.Pattern}</svg>""");

    private static Markup Head(CheckReport report, FormatOptions options)
    {
        var style = Markup.Trusted(PageStyle.Text);
        var policy =
            $"default-src 'none'; style-src '{Hash(PageStyle.Text)}'; script-src '{Hash(PageScript.Text)}'; base-uri 'none'; form-action 'none'";
        return $"""
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="{Markup.Trusted(policy)}"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <meta name="referrer" content="no-referrer"/>
            <title>AdmissionGuard: {report.Count(GuardAction.Deny)} deny, {report.Count(GuardAction.Warn)} warn in {At(options)}, {Time(
                options.Now
            )}</title>
            <style>{style}</style>
            </head>
            """;
    }

    private static Markup Header(CheckReport report, FormatOptions options) =>
        $"""
            <header>
            <h1>AdmissionGuard report</h1>
            <p class="sub"><time datetime="{Times.Second(options.Now)}">{Time(
                options.Now
            )}</time>: {At(options)}</p>
            <dl class="totals">
            {Total(
                "reviewed",
                report.Reviewed,
                "",
                report.Documents == report.Reviewed
                    ? ""
                    : $"of {report.Documents.ToString(CultureInfo.InvariantCulture)} {CheckText.Plural("object", report.Documents)}"
            )}{Total("deny", report.Count(GuardAction.Deny), "deny")}{Total("warn", report.Count(GuardAction.Warn), "warn")}{Total(
                "fix",
                report.Count(GuardAction.Fix),
                "fix"
            )}{Total("audit", report.Count(GuardAction.Audit))}{Total("known", report.Known)}{Total("exempted", report.Exempted)}{Total(
                "errors",
                report.Errors.Count,
                report.Errors.Count > 0 ? "deny" : ""
            )}</dl>
            </header>
            """;

    private static Markup Total(string name, int count, string colour = "", string more = "")
    {
        var coloured = Markup.If(count > 0 && colour.Length > 0, $" class=\"{colour}\"");
        var small = Markup.If(more.Length > 0, $" <small>{more}</small>");
        return $"<div{coloured}><dt>{name}</dt><dd>{count}{small}</dd></div>\n";
    }

    private static Markup Sentences(string id, string title, IReadOnlyList<string> sentences)
    {
        if (sentences.Count == 0)
            return Markup.None;
        return $"""
            <section aria-labelledby="{id}">
            <h2 id="{id}">{title}</h2>
            <ul class="sentences">
            {sentences.Take(Most).Select(s => (Markup)$"<li>{FindingText.Line(s)}</li>\n")}</ul>
            {More(sentences.Count - Most, "")}</section>

            """;
    }

    /// <summary>What was left out, said.</summary>
    public static Markup More(int count, string what) => Markup.If(count > 0, $"<p class=\"more\">and {count} more{what}</p>\n");

    private static string At(FormatOptions options) =>
        options.At.Count switch
        {
            0 => "what was given",
            <= 4 => FindingText.Line(string.Join(", ", options.At.Select(a => a == Manifests.ManifestFiles.StandardInput ? "standard input" : a))),
            _ =>
                $"{FindingText.Line(string.Join(", ", options.At.Take(3)))} and {(options.At.Count - 3).ToString(CultureInfo.InvariantCulture)} more",
        };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
