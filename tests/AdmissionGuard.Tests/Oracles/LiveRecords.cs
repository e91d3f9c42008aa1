using System.IO.Compression;
using AdmissionGuard.Admission;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>
/// The recorded reviews of <c>tests/oracle/live</c>, each with the world as the scenario's other records tell it: what was written before, else what
/// stood there when it was changed later.
/// </summary>
internal static class LiveRecords
{
    internal sealed record Record(string Scenario, Review Review, Cluster World)
    {
        public override string ToString() => $"{Scenario} {Review.Actor.User} {Review.Operation} {Review.Kind} {Review.Name}";
    }

    private static readonly Lazy<IReadOnlyList<Record>> Read = new(ReadAll);

    public static IReadOnlyList<Record> All => Read.Value;

    /// <summary>As the record was made: strict, enforced, with every repair.</summary>
    private static readonly GuardPolicy Strict = new(
        "strict",
        Catalogue.Rules.Select(r => RuleSetting.Of(r, Profile.Strict) with { Fix = r.Fixable }).Where(s => s.Action != GuardAction.Off)
    );

    private static List<Record> ReadAll()
    {
        using var file = File.OpenRead(Path.Combine(Repository.Root, "tests", "oracle", "live", "requests.jsonl.gz"));
        using var lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var read = new List<(string Scenario, Review Review)>();
        while (lines.ReadLine() is { } line)
        {
            var root = Node.Parse(line);
            var request = AdmissionReview.Read(root["review"u8], Webhook.Validate, Judge.Now, out var error);
            Assert.Null(error);
            if (request!.Review.Kind is not null)
                read.Add((root["scenario"u8].Text!, request.Review));
        }
        return [.. read.GroupBy(r => r.Scenario).SelectMany(g => Of(g.Key, [.. g.Select(r => r.Review)]))];
    }

    private static IEnumerable<Record> Of(string scenario, List<Review> reviews)
    {
        for (var i = 0; i < reviews.Count; i++)
        {
            var world = WithServices(Cluster.Live.With([Strict]), reviews[i].Namespace);
            foreach (var later in reviews.Skip(i + 1).Where(r => r.OldObject.IsObject && r.SubResource is null).Reverse())
                world = world.With(later.Key, later.OldObject);
            foreach (var earlier in reviews.Take(i).Where(r => r.SubResource is null))
                world = earlier.Operation == Operation.Delete ? world.Without(earlier.Key) : world.With(earlier.Key, earlier.Object);
            var mine = reviews[i];
            world = mine.OldObject.IsObject ? world.With(mine.Key, mine.OldObject) : world.Without(mine.Key);
            yield return new Record(scenario, mine, world);
        }
    }

    /// <summary>Services are nobody's to judge, so none was recorded: those that the scenarios use.</summary>
    private static Cluster WithServices(Cluster world, string @namespace)
    {
        foreach (var name in (string[])["shop", "shop-stable", "shop-canary", "shop-primary"])
        {
            world = world.With(
                new ObjectKey(ObjectKind.Service, @namespace, name),
                Judge.Json("{'apiVersion': 'v1', 'kind': 'Service', 'spec': {'ports': [{'port': 80}], 'selector': {'app': 'shop'}}}")
            );
        }
        return world;
    }
}
