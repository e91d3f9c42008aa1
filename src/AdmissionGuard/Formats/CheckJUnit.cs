using System.Globalization;
using System.Text;
using System.Xml;
using AdmissionGuard.Files;
using AdmissionGuard.Findings;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Formats;

/// <summary>
/// JUnit XML as Jenkins and GitLab read it; there is no standard. A suite a file, a test for every rule that found something in an object, one for
/// each clean
/// object, and one for what could not be read. Of several failures of a test Jenkins keeps one: they are written as one.
/// </summary>
internal static class CheckJUnit
{
    /// <param name="Failure">Null where it passed.</param>
    /// <param name="Notes">What was found and does not fail.</param>
    private sealed record Test(
        string Kind,
        string Name,
        IReadOnlyList<LocatedFinding> Failure,
        IReadOnlyList<LocatedFinding> Notes,
        IReadOnlyList<ManifestError> Errors
    );

    public static void Write(TextWriter output, CheckReport report, FormatOptions options)
    {
        var suites = Suites(report, options);
        // characters that XML 1.0 forbids are taken out before they come here
        using (
            var xml = XmlWriter.Create(
                output,
                new XmlWriterSettings
                {
                    Indent = true,
                    OmitXmlDeclaration = true,
                    CloseOutput = false,
                }
            )
        )
        {
            xml.WriteRaw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", "AdmissionGuard");
            WriteCounts(xml, [.. suites.SelectMany(s => s.Tests)]);
            foreach (var (file, tests) in suites)
            {
                xml.WriteStartElement("testsuite");
                xml.WriteAttributeString("name", Clean(file));
                WriteCounts(xml, tests);
                foreach (var test in tests)
                    WriteTest(xml, test, Clean(file));
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        output.WriteLine();
    }

    private static List<(string File, List<Test> Tests)> Suites(CheckReport report, FormatOptions options)
    {
        var found = report.Findings.ToLookup(f => f.Review, ReferenceEqualityComparer.Instance);
        var tests = new List<(string File, Test Test)>();
        foreach (var (document, review) in report.Reviews)
        {
            var subject = FindingText.Subject(review);
            foreach (var ofRule in found[review].GroupBy(f => f.Judgement.Rule, StringComparer.Ordinal))
            {
                tests.Add(
                    (
                        document.Origin,
                        new Test(
                            review.Kind!.Name,
                            $"{subject}: {ofRule.Key}",
                            [.. ofRule.Where(f => f.Fails(options.FailOn))],
                            [.. ofRule.Where(f => !f.Fails(options.FailOn))],
                            []
                        )
                    )
                );
            }
            if (!found[review].Any())
                tests.Add((document.Origin, new Test(review.Kind!.Name, subject, [], [], [])));
        }
        foreach (var errors in report.Errors.GroupBy(e => e.File, StringComparer.Ordinal))
            tests.Add((errors.Key, new Test("Manifest", $"{errors.Key} is read", [], [], [.. errors])));
        return [.. tests.GroupBy(t => t.File, t => t.Test, StringComparer.Ordinal).Select(g => (g.Key, g.ToList()))];
    }

    private static void WriteCounts(XmlWriter xml, IReadOnlyList<Test> tests)
    {
        Count("tests", tests.Count);
        Count("failures", tests.Count(t => t.Failure.Count > 0));
        Count("errors", tests.Count(t => t.Errors.Count > 0));
        Count("skipped", 0);
        xml.WriteAttributeString("time", "0");

        void Count(string name, int count) => xml.WriteAttributeString(name, count.ToString(CultureInfo.InvariantCulture));
    }

    private static void WriteTest(XmlWriter xml, Test test, string file)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", "admissionguard." + test.Kind); // Jenkins makes a package of what stands before the last dot
        xml.WriteAttributeString("name", Clean(test.Name));
        xml.WriteAttributeString("file", file);
        xml.WriteAttributeString("time", "0");
        if (test.Failure.Count > 0)
            WriteTrouble(
                xml,
                "failure",
                test.Failure[0].Judgement.Finding.Message,
                test.Failure.Count,
                test.Failure[0].Judgement.Rule,
                Text(test.Failure)
            );
        if (test.Errors.Count > 0)
            WriteTrouble(
                xml,
                "error",
                test.Errors[0].Message,
                test.Errors.Count,
                "unreadable",
                string.Join('\n', test.Errors.Select(e => Core.Json.Shown.Clean(e.ToString())))
            );
        if (test.Notes.Count > 0)
            xml.WriteElementString("system-out", Clean(Text(test.Notes)));
        xml.WriteEndElement();
    }

    private static void WriteTrouble(XmlWriter xml, string element, string message, int count, string type, string text)
    {
        xml.WriteStartElement(element);
        xml.WriteAttributeString(
            "message",
            Clean(FindingText.Line(message)) + (count > 1 ? string.Create(CultureInfo.InvariantCulture, $" (and {count - 1} more)") : "")
        );
        xml.WriteAttributeString("type", type);
        xml.WriteString(Clean(text));
        xml.WriteEndElement();
    }

    private static string Text(IReadOnlyList<LocatedFinding> findings) => string.Concat(findings.Select(f => CheckText.Finding(f, colours: false)));

    /// <summary>Without the control characters, halves of surrogate pairs and non-characters that XML 1.0 cannot hold, not even escaped.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // half a pair comes as U+FFFD
        {
            var isAllowed = rune.Value is '\t' or '\n' or >= ' ' and <= 0xFFFD or >= 0x10000;
            if (isAllowed)
                clean.Append(rune);
            else
                clean.Append('\uFFFD');
        }
        return clean.ToString();
    }
}
