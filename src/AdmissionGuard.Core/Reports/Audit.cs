using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Reports;

/// <summary>
/// The findings about all objects of a cluster, kept up as it changes. Of each object it remembers what its verdict rests on: what a change can make
/// another
/// verdict of, and nothing else, is judged again. Used by one task.
/// </summary>
public sealed class Audit
{
    private readonly Dictionary<ObjectKey, LookUp[]> trails = [];
    private readonly Dictionary<LookUp, HashSet<ObjectKey>> resting = [];
    private readonly Dictionary<string, SortedDictionary<ObjectKey, AuditResult[]>> results = new(StringComparer.Ordinal);
    private readonly HashSet<ObjectKey> open = [];
    private readonly HashSet<LookUp> trail = [];
    private Cluster cluster = Cluster.Live;

    /// <summary>Objects that are yet to be judged.</summary>
    public int Open => open.Count;

    /// <summary>Objects that were judged.</summary>
    public int Objects => trails.Count;

    /// <summary>Those that have results; the empty name is of what has no namespace.</summary>
    public IReadOnlyCollection<string> Namespaces => results.Keys;

    /// <summary>In the order of names, then of a verdict.</summary>
    public IEnumerable<AuditResult> ResultsIn(string @namespace) =>
        results.TryGetValue(@namespace, out var found) ? found.Values.SelectMany(r => r) : [];

    /// <summary>Whether there is a namespace to write into; true of what has none.</summary>
    public bool CanHold(string @namespace) =>
        @namespace.Length == 0 || (cluster.World.NamespaceOf(@namespace).Exists && !cluster.World.IsEnding(@namespace));

    /// <summary>Another picture. What is left open of the one before is judged by this one.</summary>
    /// <param name="changed">The objects that may differ from the picture before, gone ones included; null for all.</param>
    /// <param name="namespaces">Likewise the namespaces.</param>
    public void Take(Cluster now, IEnumerable<ObjectKey>? changed, IEnumerable<string> namespaces)
    {
        var before = cluster;
        cluster = now;
        if (changed is null || !now.JudgesAs(before))
        {
            JudgeAll();
            return;
        }
        foreach (var key in changed)
            Reopen(key, before);
        foreach (var name in namespaces)
        {
            if (!before.World.NamespaceOf(name).SameAs(now.World.NamespaceOf(name)))
                ReopenWhatRestsOn(LookUp.Namespace(name));
        }
    }

    /// <summary>For when time alone may have changed a verdict, such as an exception that ended.</summary>
    public void JudgeAll()
    {
        open.UnionWith(trails.Keys);
        open.UnionWith(cluster.World.Keys.Where(k => Catalogue.Judges(k.Kind)));
    }

    /// <summary>Judges some of what is open; the namespaces whose results became others are added to <paramref name="touched"/>.</summary>
    public void Judge(int most, DateTimeOffset now, ISet<string> touched)
    {
        foreach (var key in open.Take(most).ToArray())
        {
            open.Remove(key);
            trail.Clear();
            var found = cluster.World.TryFind(key, out var root) ? Results(key, root, now) : [];
            Rest(key, root.Exists ? [.. trail] : null);
            if (Put(key, found))
                touched.Add(key.Namespace);
        }
    }

    /// <summary>As <c>check</c> judges: what a sync of this very object would meet if it were new.</summary>
    private AuditResult[] Results(ObjectKey key, Json.Node root, DateTimeOffset now)
    {
        trail.Add(LookUp.Namespace(key.Namespace));
        var verdict = Evaluator.Evaluate(cluster.Settings.ReviewOfStored(key, root, now), cluster, trail);
        if (verdict.Judgements.Count == 0)
            return [];
        var referent = Referent.Of(key, root);
        return [.. verdict.Judgements.Select(j => AuditResult.Of(referent, j))];
    }

    private void Reopen(ObjectKey key, Cluster before)
    {
        before.World.TryFind(key, out var old);
        cluster.World.TryFind(key, out var root);
        if (old.SameAs(root))
            return;
        if (Catalogue.Judges(key.Kind))
            open.Add(key);
        ReopenWhatRestsOn(LookUp.Object(key));
        // who asked for those that mention something has seen it, or sees it now
        if (old.Exists)
            ReopenWhatRestsOnMentions(before.World.MentionsOf(key, old), key.Kind);
        if (root.Exists)
            ReopenWhatRestsOnMentions(cluster.World.MentionsOf(key, root), key.Kind);
    }

    private void ReopenWhatRestsOnMentions(IEnumerable<Mention> mentions, ObjectKind by)
    {
        foreach (var mention in mentions)
            ReopenWhatRestsOn(new LookUp(mention, by));
    }

    private void ReopenWhatRestsOn(LookUp lookUp)
    {
        if (resting.TryGetValue(lookUp, out var keys))
            open.UnionWith(keys);
    }

    /// <param name="on">Null where the object is gone.</param>
    private void Rest(ObjectKey key, LookUp[]? on)
    {
        foreach (var lookUp in trails.GetValueOrDefault(key, []))
        {
            if (!resting.TryGetValue(lookUp, out var keys))
                continue;
            keys.Remove(key);
            if (keys.Count == 0)
                resting.Remove(lookUp);
        }
        if (on is null)
        {
            trails.Remove(key);
            return;
        }
        trails[key] = on;
        foreach (var lookUp in on)
        {
            if (resting.TryGetValue(lookUp, out var keys))
                keys.Add(key);
            else
                resting[lookUp] = [key];
        }
    }

    /// <summary>False where it had the same results before.</summary>
    private bool Put(ObjectKey key, AuditResult[] found)
    {
        var known = results.GetValueOrDefault(key.Namespace);
        var before = known?.GetValueOrDefault(key) ?? [];
        if (before.SequenceEqual(found))
            return false;
        if (found.Length > 0)
        {
            if (known is null)
                results[key.Namespace] = known = new(ObjectKey.ByName);
            known[key] = found;
        }
        else if (known!.Remove(key) && known.Count == 0)
        {
            results.Remove(key.Namespace);
        }
        return true;
    }
}
