using AdmissionGuard.Admission;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Evaluation;

/// <summary>The documents of an app come one by one, in any order: nobody is warned of what the next one brings.</summary>
public sealed class FirstApplyTests
{
    public static TheoryData<string> Setups =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "setups"), "*.yaml").Select(f => Path.GetFileName(f)!).Order()];

    [Theory]
    [MemberData(nameof(Setups))]
    public void What_is_warned_at_a_creation_is_still_true_when_all_are_there(string file)
    {
        var path = Path.Combine(Repository.Root, "tests", "setups", file);
        var all = ManifestFiles.Read([path], [], Stream.Null).Documents.Select(ReviewOf).OfType<Review>().ToList();
        var empty = Cluster.Live.With([GuardPolicy.Of(Profile.Strict)]);
        var whole = all.Aggregate(empty, (world, r) => world.With(r.Key, r.Object));
        var told = all.ToDictionary(r => r.Key, r => Lines(r, whole));
        foreach (var order in Orders(all))
        {
            var world = empty;
            foreach (var review in order)
            {
                Assert.Empty(Lines(review, world).Except(told[review.Key]));
                world = world.With(review.Key, review.Object);
            }
        }
    }

    /// <summary>Each document comes first, and each last, with the others forwards and backwards.</summary>
    private static IEnumerable<IEnumerable<Review>> Orders(List<Review> all)
    {
        for (var i = 0; i < all.Count; i++)
        {
            var rotated = all.Skip(i).Concat(all.Take(i)).ToList();
            yield return rotated;
            yield return rotated.AsEnumerable().Reverse();
        }
    }

    /// <summary>What a user reads, refused or warned.</summary>
    private static HashSet<string> Lines(Review review, Cluster world)
    {
        var verdict = Evaluator.Evaluate(review, world);
        return [.. Warnings.Of(verdict), .. Refusal.Shown(verdict).Select(j => $"refused: {j.Rule} {j.Finding.Message}")];
    }

    private static Review? ReviewOf(Document document)
    {
        if (ObjectKind.Of(document.ApiVersion, document.Kind) is not { } kind)
            return null;
        var @namespace = document.Namespace ?? "default";
        return new Review
        {
            Kind = kind,
            Operation = Operation.Create,
            Object = document.Root,
            Namespace = kind.IsNamespaced ? @namespace : "",
            Name = document.Name ?? "",
            Actor = Judge.Human,
            Now = Judge.Now,
            Stage = Stage.Both,
        };
    }
}
