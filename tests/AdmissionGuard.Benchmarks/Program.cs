using AdmissionGuard.Benchmarks;
using AdmissionGuard.Benchmarks.Objects;
using BenchmarkDotNet.Running;

switch (args.FirstOrDefault())
{
    case "describe":
        foreach (var each in Enum.GetValues<Case>()) Console.WriteLine(new ReviewBenchmarks { Case = each }.Describe());
        return 0;
    case "review":
        BenchmarkRunner.Run<ReviewBenchmarks>(Measured.Config, args[1..]);
        return 0;
    default:
        Console.Error.WriteLine("usage: describe | review");
        return 2;
}
