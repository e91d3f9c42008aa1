using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Xml;

namespace AdmissionGuard.Pages;

/// <summary>
/// HTML that is XML too, written as <c>$"&lt;b&gt;{name}&lt;/b&gt;"</c>: what stands in braces is text and is escaped, unless it is markup itself. So
/// nobody can
/// forget to.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Markup
{
    private readonly StringBuilder html;

    public Markup(int literalLength, int formattedCount) => html = new StringBuilder(literalLength + (16 * formattedCount));

    public static Markup None { get; } = Trusted("");

    public int Length => html.Length;

    /// <param name="html">Markup of this program, no word of a user's in it that is not escaped.</param>
    public static Markup Trusted(string html)
    {
        var markup = new Markup(html.Length, 0);
        markup.AppendLiteral(html);
        return markup;
    }

    public static Markup If(bool condition, Markup then) => condition ? then : None;

    /// <summary>Lines of which each stays one: what somebody wrote begins none.</summary>
    public static Markup Lines(IEnumerable<string> lines) => new Markup(0, 0).Join(lines.Select(l => (Markup)$"{l}"), "\n");

    public void AppendLiteral(string literal) => html.Append(literal);

    public void AppendFormatted(string? text) => html.Append(Escape(text ?? ""));

    public void AppendFormatted(int number) => html.Append(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(Markup markup) => html.Append(markup.html);

    public void AppendFormatted(IEnumerable<Markup> markups) => Join(markups, "");

    public override string ToString() => html.ToString();

    private Markup Join(IEnumerable<Markup> markups, string between)
    {
        var begins = true;
        foreach (var markup in markups)
        {
            if (!begins)
                html.Append(between);
            html.Append(markup.html);
            begins = false;
        }
        return this;
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        var clean = Core.Json.Shown.Clean(text);
        for (var i = 0; i < clean.Length; i++)
        {
            var c = clean[i];
            if (i + 1 < clean.Length && char.IsSurrogatePair(c, clean[i + 1]))
                escaped.Append(c).Append(clean[++i]);
            else if (!XmlConvert.IsXmlChar(c))
                escaped.Append('\uFFFD');
            else if (
                c switch
                {
                    '&' => "&amp;",
                    '<' => "&lt;",
                    '>' => "&gt;",
                    '"' => "&quot;",
                    '\'' => "&#39;",
                    _ => null,
                } is
                { } entity
            )
                escaped.Append(entity);
            else
                escaped.Append(c);
        }
        return escaped.ToString();
    }
}
