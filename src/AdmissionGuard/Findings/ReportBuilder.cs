using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Findings;

/// <summary>What a report says of verdicts, gathered in their order.</summary>
internal sealed class ReportBuilder(GuardSettings settings)
{
    private readonly List<LocatedFinding> findings = [];
    private readonly List<(Document, Review)> reviews = [];
    private int exempted;
    private int excluded;

    public List<ManifestError> Errors { get; } = [];

    public List<string> Notices { get; } = [];

    /// <param name="owner">Who answers for the object; null where nobody is named, or nobody asked.</param>
    public void Add(Document document, Review review, Verdict verdict, string? owner = null)
    {
        reviews.Add((document, review));
        findings.AddRange(verdict.Judgements.Select(j => new LocatedFinding(j, document, review) { Owner = owner }));
        Errors.AddRange(verdict.TypeFaults.Select(f => At(document, review, f)));
        Notices.AddRange(verdict.Notices.Select(n => $"{document.File}: {FindingText.Subject(review)}: {n}"));
        exempted += verdict.Exceptions.Where(e => !e.HasEnded).Sum(e => e.Findings);
        if (settings.Excludes(review.Namespace))
            excluded++;
    }

    /// <param name="documents">Objects of any kind, judged or not.</param>
    public CheckReport Report(int documents) =>
        new(findings, Errors, documents, reviews)
        {
            Notices = Notices,
            Exempted = exempted,
            Excluded = excluded,
        };

    private static ManifestError At(Document document, Review review, TypeFault fault)
    {
        var message = $"{fault.Path.ToText()}: {fault.Message}";
        if (document.IsStored)
            return new ManifestError($"{document.File}: {FindingText.Subject(review)}", null, null, message);
        var (line, column) = document.PositionOf(fault.Path);
        return new ManifestError(document.File, line, column, message);
    }
}
