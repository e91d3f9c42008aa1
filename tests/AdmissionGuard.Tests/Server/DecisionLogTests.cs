using System.Text;
using System.Text.Json.Nodes;
using AdmissionGuard.Decisions;
using AdmissionGuard.Files;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Server;

public sealed class DecisionLogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-decisions").FullName;
    private readonly StringWriter log = new();

    private string File => Path.Combine(folder, "decisions.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_decision_is_one_line_with_all_that_is_needed_to_judge_it_again()
    {
        await Ask(
            DecisionLog.At(File, withObjects: true, log),
            Review(Bad, uid: "1").Replace("{\"", "{\n\"", StringComparison.Ordinal),
            Review(Good, uid: "2")
        );
        var lines = System.IO.File.ReadAllLines(File);
        Assert.Equal(2, lines.Length);
        var denied = JsonNode.Parse(lines[0])!;
        Assert.Equal(
            ("1", "validate", "CREATE", false),
            ((string?)denied["uid"], (string?)denied["endpoint"], (string?)denied["operation"], (bool)denied["allowed"]!)
        );
        var finding = Assert.Single(denied["findings"]!.AsArray())!;
        Assert.Equal(
            (Rule, "deny", "/spec/trafficPolicy/outlierDetection"),
            ((string?)finding["rule"], (string?)finding["action"], (string?)finding["path"])
        );
        Assert.Equal("DestinationRule", (string?)denied["object"]!["kind"]);
        Assert.True((long)denied["microseconds"]! >= 0);
        var allowed = JsonNode.Parse(lines[1])!;
        Assert.True((bool)allowed["allowed"]!);
        Assert.Empty(allowed["findings"]!.AsArray());
    }

    [Fact]
    public async Task Objects_can_be_left_out()
    {
        await Ask(DecisionLog.At(File, withObjects: false, log), Review(Bad));
        var line = JsonNode.Parse(Assert.Single(System.IO.File.ReadAllLines(File)))!;
        Assert.Null(line["object"]);
        Assert.Single(line["findings"]!.AsArray());
    }

    [Fact]
    public async Task A_file_that_is_moved_away_is_followed_by_a_new_one()
    {
        await using var decisions = DecisionLog.At(File, withObjects: true, log);
        await Written(decisions, 1);
        System.IO.File.Move(File, File + ".1");
        await Written(decisions, 2);
        Assert.Single(System.IO.File.ReadAllLines(File));
        Assert.Single(System.IO.File.ReadAllLines(File + ".1"));
    }

    /// <summary>Nobody is refused because a disk is full: what could not be written is counted, and told once while it lasts.</summary>
    [Fact]
    public async Task What_cannot_be_written_is_counted_and_told_once_and_the_next_is_written()
    {
        var (full, kept) = (true, new MemoryStream());
        await using (var decisions = new DecisionLog(() => full ? throw new IOException("No space left on device") : kept, withObjects: true, log))
        {
            for (var i = 1; i <= 3; i++)
            {
                decisions.Add("{}\n"u8.ToArray());
                await Until(() => decisions.Dropped == i);
            }
            full = false;
            decisions.Add("{\"a\":1}\n"u8.ToArray());
        }
        Assert.Single(log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("No space left on device", log.ToString(), StringComparison.Ordinal);
        Assert.Equal("{\"a\":1}\n", Encoding.UTF8.GetString(kept.ToArray()));
    }

    [Fact]
    public async Task Lines_wait_up_to_a_bound_and_the_rest_is_dropped()
    {
        using var gate = new SemaphoreSlim(0);
        var decisions = new DecisionLog(
            () =>
            {
                gate.Wait();
                return Stream.Null;
            },
            withObjects: true,
            log
        );
        var line = new byte[1 << 20];
        for (var i = 0; i < 40; i++)
            decisions.Add(line);
        Assert.Equal(24, decisions.Dropped);
        gate.Release(2);
        await decisions.DisposeAsync();
        Assert.Equal(16, decisions.Written);
    }

    [Fact]
    public void A_file_that_cannot_be_made_is_told_before_anything_is_served()
    {
        var error = Assert.Throws<InputException>(() => DecisionLog.At(Path.Combine(folder, "no", "such"), withObjects: true, log));
        Assert.StartsWith("--decision-log ", error.Message, StringComparison.Ordinal);
    }

    private static async Task Ask(DecisionLog decisions, params string[] bodies)
    {
        await using var logging = decisions;
        await using var server = await Start(decisions: decisions);
        foreach (var body in bodies)
            await server.Client().PostAsync("/validate", Body(body), Stop);
    }

    private static async Task Written(DecisionLog decisions, int lines)
    {
        decisions.Add("{}\n"u8.ToArray());
        await Until(() => decisions.Written == lines);
    }
}
