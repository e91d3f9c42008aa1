using AdmissionGuard.Core.Evaluation;

namespace AdmissionGuard.Server;

/// <summary>
/// What is told to a caller that has not shown that it is the API server: the verdict, but of other objects nothing. A pod could else send made-up
/// objects and read from the findings which VirtualServices, subsets and Services there are.
/// </summary>
internal static class Stranger
{
    public const string Withheld = "it rests on other objects of the cluster, which only the API server is told (deploy/README.md, Who may ask)";

    /// <param name="full">As the API server would get it.</param>
    /// <param name="alone">Of the same review, in a world without other objects: it cannot name any.</param>
    public static Verdict Told(Verdict full, Verdict alone)
    {
        var harmless = alone.Judgements.Select(j => (j.Rule, j.Finding.Message, j.Finding.Remedy)).ToHashSet();
        return full with
        {
            Judgements =
            [
                .. full.Judgements.Select(j => harmless.Contains((j.Rule, j.Finding.Message, j.Finding.Remedy)) ? j : Without(j)).Distinct(),
            ],
            Patch = alone.Patch,
            Mark = alone.Mark,
            Unseen = [],
        };
    }

    private static Judgement Without(Judgement judgement) =>
        judgement with
        {
            Finding = new Core.Terms.Finding(judgement.Finding.At, judgement.Rule, Withheld) { AtMost = judgement.Finding.AtMost },
        };
}
