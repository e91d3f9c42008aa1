using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AdmissionGuard.Admission;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Files;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Manifests;
using AdmissionGuard.Tests.Laws;

namespace AdmissionGuard.Tests.Security;

/// <summary>
/// Inputs with junk in them, made of good ones by a seed that a failure names. Some seconds in all; ADMISSIONGUARD_FUZZ_SECONDS makes each take as
/// long as one likes, and goes on where it stopped with ADMISSIONGUARD_FUZZ_SEED.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private static readonly string[] Good = [.. KnownObjects.All().Select(k => k.Review.Object.ToString()).Where(t => t.Length < 20_000).Distinct()];

    private static readonly byte[][] Tokens =
    [
        .. "null {} [] \"\" -1 1e999 99999999999999999999 \\ud800 \0 \r\n --- &a *a <<: !!binary \t ' % *".Split(' ').Select(Encoding.UTF8.GetBytes),
        "\n---\n"u8.ToArray(),
        [0xff],
        [0xc3],
        [0xed, 0xa0, 0x80],
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-fuzz").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Junk_never_breaks_a_review()
    {
        var cluster = KnownObjects.Selecting(Cluster.Live);
        Run(
            bytes =>
            {
                try
                {
                    using var document = JsonBody.Parse(bytes);
                    var root = Node.Parse(bytes);
                    foreach (var endpoint in (Webhook[])[Webhook.Mutate, Webhook.Validate])
                    {
                        if (AdmissionReview.Read(root, endpoint, Judge.Now, out _) is not { } request)
                            continue;
                        var verdict = Evaluator.Evaluate(request.Review, cluster);
                        Assert.Empty(verdict.Failures);
                        AdmissionReview.Write(new ArrayBufferWriter<byte>(), request.Uid, verdict, endpoint);
                    }
                }
                catch (JsonException)
                {
                    // told to whoever sent it
                }
            },
            Good.Select(g => ReviewOf(g, "CREATE")).Concat(Good.Select(g => ReviewOf(g, "UPDATE")))
        );
    }

    [Fact]
    public void Junk_never_breaks_a_policy()
    {
        var policies = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "policies"), "*.yaml", SearchOption.AllDirectories)
            .Select(File.ReadAllBytes);
        var json = policies.SelectMany(p => new YamlReader().Read("p.yaml", p).Documents).Select(d => d.Root.ToString()).ToList();
        Run(
            bytes =>
            {
                try
                {
                    var review = PolicyReview.Of(Node.Parse(bytes), Judge.Now, maxDays: 90, patience: null, e => Assert.Fail($"{e}"));
                    review.Write(new ArrayBufferWriter<byte>());
                }
                catch (JsonException)
                {
                    // told to whoever sent it
                }
            },
            json.Select(PolicyReviewOf)
        );
    }

    [Fact]
    public void Junk_never_breaks_the_reading_of_manifests()
    {
        var manifests = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "tests", "cases"), "*.yaml", SearchOption.AllDirectories)
            .Select(File.ReadAllText)
            .Where(t => t.Length < 20_000);
        Run(
            bytes =>
            {
                var (documents, errors) = new YamlReader().Read("fuzz.yaml", bytes);
                Assert.All(documents, d => Assert.NotEqual("", d.Root.ToString()));
                Assert.All(errors, e => Assert.NotEqual("", e.ToString()));
            },
            manifests
        );
    }

    [Fact]
    public void Junk_never_breaks_a_kubeconfig()
    {
        const string Config = """
            apiVersion: v1
            kind: Config
            current-context: a
            contexts: [{name: a, context: {cluster: c, user: u, namespace: n}}]
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:1", insecure-skip-tls-verify: true, proxy-url: "http://127.0.0.1:2"}}]
            users: [{name: u, user: {token: t, as: x, as-groups: [g]}}]
            """;
        var path = Path.Combine(folder, "config");
        Run(
            bytes =>
            {
                File.WriteAllBytes(path, bytes);
                try
                {
                    using var server = ApiServer.Of(path, context: null, TimeProvider.System);
                }
                catch (InputException)
                {
                    // told to whoever wrote it
                }
            },
            [Config]
        );
    }

    [Fact]
    public void Junk_never_breaks_a_watch()
    {
        string[] types = ["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"];
        var lines = Good.Take(200).Select(g => string.Concat(types.Select(t => $"{{\"type\":\"{t}\",\"object\":{g}}}\n")));
        Run(
            bytes =>
            {
                using var response = new HttpResponseMessage { Content = new ByteArrayContent(bytes) };
                var stream = new WatchStream(response, "fuzz", TimeSpan.FromMinutes(1), TimeProvider.System);
                try
                {
                    while (stream.Next(CancellationToken.None).GetAwaiter().GetResult() is { } change)
                        Assert.True(change.Object.IsObject);
                }
                catch (ApiException)
                {
                    // the watch begins anew
                }
            },
            lines
        );
    }

    private static void Run(Action<byte[]> consume, IEnumerable<string> good)
    {
        var seconds = Number("ADMISSIONGUARD_FUZZ_SECONDS", 2);
        var seeds = good.Select(Encoding.UTF8.GetBytes).ToList();
        var begun = Stopwatch.StartNew();
        var first = Number("ADMISSIONGUARD_FUZZ_SEED", 1);
        for (var seed = first; seed - first < 100 || begun.Elapsed < TimeSpan.FromSeconds(seconds); seed++)
        {
            var random = new Random(seed);
            var bytes = Spoilt(seeds[random.Next(seeds.Count)], random);
            try
            {
                consume(bytes);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}\n{Encoding.UTF8.GetString(bytes)}");
            }
        }
    }

    private static byte[] Spoilt(byte[] good, Random random)
    {
        var bytes = new List<byte>(good);
        for (var times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                default:
                    bytes.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                    break;
            }
        }
        return [.. bytes];
    }

    private static int Number(string variable, int absent) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : absent;

    private static string ReviewOf(string json, string operation)
    {
        var root = Node.Parse(json);
        var version = (root["apiVersion"u8].Text ?? "").Split('/');
        var kind = $"{{\"group\":\"{(version.Length > 1 ? version[0] : "")}\",\"version\":\"v1\",\"kind\":\"{root["kind"u8].Text}\"}}";
        var old = operation == "UPDATE" ? json.Replace("1", "2", StringComparison.Ordinal) : "null";
        return "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\","
            + $"\"request\":{{\"uid\":\"u\",\"kind\":{kind},\"namespace\":\"shop\","
            + $"\"operation\":\"{operation}\",\"userInfo\":{{\"username\":\"jane\",\"groups\":[\"a\"]}},\"object\":{json},\"oldObject\":{old}}}}}";
    }

    private static string PolicyReviewOf(string json) =>
        "{\"request\":{\"uid\":\"u\",\"operation\":\"CREATE\",\"kind\":{\"group\":\"admissionguard.io\",\"version\":\"v1alpha1\","
        + $"\"kind\":\"{Node.Parse(json)["kind"u8].Text}\"}},\"object\":{json}}}}}";
}
