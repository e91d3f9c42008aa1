using System.Globalization;
using AdmissionGuard.Pages;

namespace AdmissionGuard.Tests.Output;

/// <summary>Colours that people can read, by day and by night (WCAG 2.2, 1.4.3).</summary>
public sealed class PageStyleTests
{
    public static TheoryData<int, string, string> Pairs
    {
        get
        {
            var data = new TheoryData<int, string, string>();
            foreach (var text in (string[])["text", "muted", "link", "deny", "warn", "fix", "audit", "gate"])
            {
                foreach (var behind in (string[])["back", "panel"])
                {
                    data.Add(0, text, behind);
                    data.Add(1, text, behind);
                }
            }
            data.Add(0, "text", "added");
            data.Add(1, "text", "added");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Texts_stand_out(int palette, string text, string behind)
    {
        var colours = PageStyle
            .Text.Split(":root{")[palette + 1]
            .Split('}')[0]
            .Split(';')
            .Select(c => c.Split(':'))
            .ToDictionary(c => c[0], c => c[1], StringComparer.Ordinal);
        var (one, other) = (Luminance(colours, text), Luminance(colours, behind));
        Assert.InRange((Math.Max(one, other) + 0.05) / (Math.Min(one, other) + 0.05), 4.5, 21);
    }

    [Fact]
    public void Style_and_script_are_the_same_text_to_HTML_and_to_XML() => Assert.DoesNotMatch("[<&]", PageStyle.Text + PageScript.Text);

    private static double Luminance(Dictionary<string, string> colours, string name)
    {
        var hex = colours[$"--{name}"][1..];
        if (hex.Length == 3)
            hex = string.Concat(hex.Select(c => $"{c}{c}"));
        var parts = Enumerable
            .Range(0, 3)
            .Select(i => int.Parse(hex.AsSpan(2 * i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(p => p <= 0.04045 ? p / 12.92 : Math.Pow((p + 0.055) / 1.055, 2.4))
            .ToArray();
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }
}
