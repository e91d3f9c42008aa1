using System.Globalization;
using System.Text;
using System.Xml;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Plans;

/// <summary>Elements of one SVG, one a line. Texts are escaped, and what XML cannot hold is left out.</summary>
internal sealed class SvgText
{
    private readonly StringBuilder body = new();

    public void Text(double x, double y, string text, string style, string? anchor = null) =>
        Add(
            $"<text x=\"{Number(x)}\" y=\"{Number(y)}\" class=\"{style}\"{(anchor is null ? "" : $" text-anchor=\"{anchor}\"")}>{Escape(text)}</text>"
        );

    public void Line(double fromX, double fromY, double toX, double toY, string style) =>
        Add($"<line x1=\"{Number(fromX)}\" y1=\"{Number(fromY)}\" x2=\"{Number(toX)}\" y2=\"{Number(toY)}\" class=\"{style}\"/>");

    public void Rectangle(double x, double y, double width, double height, string style) =>
        Add($"<rect x=\"{Number(x)}\" y=\"{Number(y)}\" width=\"{Number(width)}\" height=\"{Number(height)}\" class=\"{style}\"/>");

    public void Circle(double x, double y, double radius, string style) =>
        Add($"<circle cx=\"{Number(x)}\" cy=\"{Number(y)}\" r=\"{Number(radius)}\" class=\"{style}\"/>");

    public void Path(string path, string style) => Add($"<path d=\"{path}\" class=\"{style}\"/>");

    public void Add(string element) => body.Append(element).Append('\n');

    public override string ToString() => body.ToString();

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    public static string Escape(string text) =>
        string.Concat(Shown.Clean(text).Where((c, i) => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c)))
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal);
}
