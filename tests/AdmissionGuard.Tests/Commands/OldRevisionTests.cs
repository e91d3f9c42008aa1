using System.Diagnostics;

namespace AdmissionGuard.Tests.Commands;

/// <summary><c>--old git:REV</c>, against real repositories.</summary>
public sealed class OldRevisionTests : CommandLine
{
    private const string Changed = Bad + "\n  exportTo: [\".\"]\n";

    [Fact]
    public async Task What_stood_there_already_is_a_warning_and_what_is_new_is_denied()
    {
        Git("init", "-q", "-b", "main");
        Write("repo/k8s/dr.yaml", Bad);
        Commit("first");
        Write("repo/k8s/dr.yaml", Changed);
        Write("repo/k8s/deep/web.yaml", Named("web", Bad));
        Commit("second");
        foreach (var path in (string[])[At("repo/k8s"), At("repo"), At("repo/k8s/") + "."])
        {
            var outcome = await Check(path, "--old", "git:HEAD~1");
            Assert.Equal((1, ""), (outcome.Status, outcome.Error));
            Assert.Contains($"dr.yaml:6:1: warn (ratchet)  {Rule}", outcome.Out, StringComparison.Ordinal);
            Assert.Contains($"web.yaml:6:1: deny  {Rule}", outcome.Out, StringComparison.Ordinal);
        }
        Assert.Equal(0, (await Check(At("repo/k8s"), "--old", "git:main")).Status);
        Assert.Contains(
            "1 document, 1 reviewed: 0 deny, 1 warn",
            (await Check(At("repo/k8s/dr.yaml"), "--old", "git:HEAD~1")).Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_there_no_longer_is_a_deletion_and_what_moved_is_the_same_object()
    {
        Git("init", "-q");
        Write("repo/k8s/dr.yaml", Bad);
        Write("repo/k8s/gone.yml", Named("gone", Good));
        Write("repo/elsewhere/other.yaml", Named("other", Good));
        Commit("first");
        File.Delete(At("repo/k8s/gone.yml"));
        File.Delete(At("repo/k8s/dr.yaml"));
        Write("repo/k8s/renamed é*.yaml", Changed);
        Commit("second");
        var outcome = await Check(At("repo/k8s"), "--old", "git:HEAD~1");
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.Contains("warn (ratchet)", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("1 document, 2 reviewed", outcome.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await Check(At("repo/k8s/renamed é*.yaml"), "--old", "git:HEAD")).Status);
    }

    [Fact]
    public async Task A_folder_of_then_is_read_as_one_of_now()
    {
        Git("init", "-q");
        foreach (var path in (string[])["repo/.hidden/a.yaml", "repo/chart/templates/b.yaml", "repo/skip/c.yaml", "repo/patches/d.yaml"])
            Write(path, Bad.Replace("name: api", $"name: n{path.Length}", StringComparison.Ordinal));
        Write("repo/chart/Chart.yaml", "name: chart\n");
        Write("repo/kustomization.yaml", "patches: [{path: patches/d.yaml}]\n");
        Write("repo/dr.yaml", Bad);
        Commit("first");
        var outcome = await Check(At("repo"), "--old", "git:HEAD", "--exclude", "skip");
        Assert.Contains("\n1 document, 1 reviewed: 0 deny", "\n" + outcome.Out, StringComparison.Ordinal);
        Assert.Contains(
            "1 reviewed",
            (await Check(At("repo/chart/templates"), At("repo/dr.yaml"), "--old", "git:HEAD")).Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_change_that_mends_a_broken_file_does_not_fail_for_it()
    {
        Git("init", "-q");
        Write("repo/dr.yaml", "kind: [\n");
        Commit("first");
        Write("repo/dr.yaml", Good);
        var outcome = await Check(At("repo"), "--old", "git:HEAD");
        Assert.Equal(0, outcome.Status);
        Assert.StartsWith($"HEAD:{At("repo")}/dr.yaml:", outcome.Error, StringComparison.Ordinal);
        Assert.EndsWith("; what it holds is judged as if it were new\n", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("git:no-such-branch")]
    [InlineData("git:--output=x")]
    [InlineData("git:")]
    [InlineData("git:HEAD^{tree}")]
    public async Task A_revision_that_is_not_there_is_one_line(string old)
    {
        Git("init", "-q");
        Write("repo/dr.yaml", Bad);
        Commit("first");
        var outcome = await Check(At("repo"), "--old", old);
        Assert.Equal((2, ""), (outcome.Status, outcome.Out));
        Assert.StartsWith($"--old {old}: there is no such revision in ", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_repository_standard_input_and_company_are_one_line_each()
    {
        var file = Write("dr.yaml", Bad);
        Assert.StartsWith(
            $"--old git:HEAD: {file}: not a git repository",
            Assert.Single((await Check(file, "--old", "git:HEAD")).ErrorLines),
            StringComparison.Ordinal
        );
        Assert.Equal("--old git:HEAD is for files and folders: standard input has no revisions\n", (await Check("-", "--old", "git:HEAD")).Error);
        Assert.Equal(
            "--old git:HEAD stands alone: it has all that the paths had then\n",
            (await Check(file, "--old", "git:HEAD", "--old", file)).Error
        );
    }

    private void Commit(string message)
    {
        Git("add", "-A");
        Git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", message);
    }

    private void Git(params string[] arguments)
    {
        Directory.CreateDirectory(At("repo"));
        var start = new ProcessStartInfo("git", ["-C", At("repo"), .. arguments]) { UseShellExecute = false, RedirectStandardError = true };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        using var process = Process.Start(start)!;
        var complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, complaint);
    }
}
