namespace AdmissionGuard.Core.Schemas;

/// <summary>Fields of the kinds of Argo Rollouts, as its definitions of 2026-08-17 have them.</summary>
/// <remarks>See docs/facts/kubernetes-admission.md#fields-of-a-kind.</remarks>
internal static class ArgoFields
{
    /// <summary>argoproj.io/v1alpha1; a pod template is free.</summary>
    public const string Rollout = """
        {analysis{successfulRunHistoryLimit:i,unsuccessfulRunHistoryLimit:i},minReadySeconds:i,paused:b,progressDeadlineAbort:b,
        progressDeadlineSeconds:i,replicas:i,restartAt:s,revisionHistoryLimit:i,rollbackWindow{revisions:i},selector{matchExpressions[{key:s,
        operator:s,values[s},matchLabels<s},strategy{blueGreen{abortScaleDownDelaySeconds:i,activeMetadata{annotations<s,labels<s},
        activeService:s,antiAffinity{preferredDuringSchedulingIgnoredDuringExecution{weight:i},requiredDuringSchedulingIgnoredDuringExecution{}},
        autoPromotionEnabled:b,autoPromotionSeconds:i,maxUnavailable:x,postPromotionAnalysis{analysisRunMetadata{annotations<s,labels<s},args[{
        name:s,value:s,valueFrom{fieldRef{fieldPath:s},podTemplateHashValue:s}},dryRun[{metricName:s},measurementRetention[{limit:i,metricName:s},
        templates[{clusterScope:b,templateName:s}},prePromotionAnalysis{analysisRunMetadata{annotations<s,labels<s},args[{name:s,value:s,
        valueFrom{fieldRef{fieldPath:s},podTemplateHashValue:s}},dryRun[{metricName:s},measurementRetention[{limit:i,metricName:s},templates[{
        clusterScope:b,templateName:s}},previewMetadata{annotations<s,labels<s},previewReplicaCount:i,previewService:s,
        scaleDownDelayRevisionLimit:i,scaleDownDelaySeconds:i},canary{abortScaleDownDelaySeconds:i,analysis{analysisRunMetadata{annotations<s,
        labels<s},args[{name:s,value:s,valueFrom{fieldRef{fieldPath:s},podTemplateHashValue:s}},dryRun[{metricName:s},measurementRetention[{
        limit:i,metricName:s},startingStep:i,templates[{clusterScope:b,templateName:s}},antiAffinity{
        preferredDuringSchedulingIgnoredDuringExecution{weight:i},requiredDuringSchedulingIgnoredDuringExecution{}},canaryMetadata{annotations<s,
        labels<s},canaryService:s,dynamicStableScale:b,maxSurge:x,maxUnavailable:x,minPodsPerReplicaSet:i,pingPong{pingService:s,pongService:s},
        replicaProgressThreshold{type:s,value:i},scaleDownDelayRevisionLimit:i,scaleDownDelaySeconds:i,stableMetadata{annotations<s,labels<s},
        stableService:s,steps[{analysis{analysisRunMetadata{annotations<s,labels<s},args[{name:s,value:s,valueFrom{fieldRef{fieldPath:s},
        podTemplateHashValue:s}},dryRun[{metricName:s},measurementRetention[{limit:i,metricName:s},templates[{clusterScope:b,templateName:s}},
        experiment{analyses[{args[{name:s,value:s,valueFrom{fieldRef{fieldPath:s},podTemplateHashValue:s}},clusterScope:b,name:s,
        requiredForCompletion:b,templateName:s},analysisRunMetadata{annotations<s,labels<s},dryRun[{metricName:s},duration:s,
        scaleDownDelaySeconds:i,templates[{metadata{annotations<s,labels<s},name:s,replicas:i,selector{matchExpressions[{key:s,operator:s,
        values[s},matchLabels<s},service{name:s},specRef:s,weight:i}},pause{duration:x},plugin{config*,name:s},setCanaryScale{
        matchTrafficWeight:b,replicas:i,weight:i},setHeaderRoute{match[{headerName:s,headerValue{exact:s,prefix:s,regex:s}},name:s},
        setMirrorRoute{match[{headers<{exact:s,prefix:s,regex:s},method{exact:s,prefix:s,regex:s},path{exact:s,prefix:s,regex:s}},name:s,
        percentage:i},setWeight:i},trafficRouting{alb{annotationPrefix:s,ingress:s,ingresses[s,rootService:s,servicePort:i,stickinessConfig{
        durationSeconds:i,enabled:b}},ambassador{mappings[s},apisix{route{name:s,rules[s}},appMesh{virtualNodeGroup{canaryVirtualNodeRef{name:s},
        stableVirtualNodeRef{name:s}},virtualService{name:s,routes[s}},istio{destinationRule{additionalSubsetNames[s,canarySubsetName:s,name:s,
        stableSubsetName:s},virtualService{name:s,routes[s,tcpRoutes[{port:i},tlsRoutes[{port:i,sniHosts[s}},virtualServices[{name:s,routes[s,
        tcpRoutes[{port:i},tlsRoutes[{port:i,sniHosts[s}}},managedRoutes[{name:s},maxTrafficWeight:i,nginx{additionalIngressAnnotations<s,
        annotationPrefix:s,canaryIngressAnnotations<s,stableIngress:s,stableIngresses[s},plugins*,smi{rootService:s,trafficSplitName:s},traefik{
        weightedTraefikServiceName:s}}}},template*,workloadRef{apiVersion:s,kind:s,name:s,scaleDown:s}}
        """;

    /// <summary>AnalysisTemplate and ClusterAnalysisTemplate, argoproj.io/v1alpha1.</summary>
    public const string Analysis = """
        {args[{name:s,value:s,valueFrom{fieldRef{fieldPath:s},secretKeyRef{key:s,name:s}}},dryRun[{metricName:s},measurementRetention[{limit:i,
        metricName:s},metrics[{consecutiveErrorLimit:x,consecutiveSuccessLimit:x,count:x,failureCondition:s,failureLimit:x,inconclusiveLimit:x,
        initialDelay:s,interval:s,name:s,provider{cloudWatch{interval:s,metricDataQueries[{expression:s,id:s,label:s,metricStat{metric{
        dimensions[{name:s,value:s},metricName:s,namespace:s},period:x,stat:s,unit:s},period:x,returnData:b}},datadog{aggregator:s,apiVersion:s,
        formula:s,interval:s,queries<s,query:s,requestTimeout:s,secretRef{name:s,namespaced:b}},graphite{address:s,query:s},influxdb{profile:s,
        query:s},job{metadata{annotations<s,labels<s},spec{activeDeadlineSeconds:i,backoffLimit:i,backoffLimitPerIndex:i,completionMode:s,
        completions:i,managedBy:s,manualSelector:b,maxFailedIndexes:i,parallelism:i,podFailurePolicy{rules[{action:s,onExitCodes{containerName:s,
        operator:s,values[i},onPodConditions[{status:s,type:s}}},podReplacementPolicy:s,selector{matchExpressions[{key:s,operator:s,values[s},
        matchLabels<s},successPolicy{rules[{succeededCount:i,succeededIndexes:s}},suspend:b,template*,ttlSecondsAfterFinished:i}},kayenta{
        address:s,application:s,canaryConfigName:s,configurationAccountName:s,lookback:b,metricsAccountName:s,scopes[{controlScope{end:s,region:s,
        scope:s,start:s,step:i},experimentScope{end:s,region:s,scope:s,start:s,step:i},name:s},storageAccountName:s,threshold{marginal:i,pass:i}},
        newRelic{profile:s,query:s,timeout:i},plugin*,prometheus{address:s,authentication{basicAuth{password:s,username:s},oauth2{clientId:s,
        clientSecret:s,scopes[s,tokenUrl:s},sigv4{profile:s,region:s,roleArn:s}},headers[{key:s,value:s},insecure:b,query:s,rangeQuery{end:s,
        start:s,step:s},timeout:i},skywalking{address:s,interval:s,query:s},wavefront{address:s,query:s},web{authentication{basicAuth{password:s,
        username:s},oauth2{clientId:s,clientSecret:s,scopes[s,tokenUrl:s},sigv4{profile:s,region:s,roleArn:s}},body:s,headers[{key:s,value:s},
        insecure:b,jsonBody*,jsonPath:s,method:s,timeoutSeconds:i,url:s}},successCondition:s},templates[{clusterScope:b,templateName:s}}
        """;

    /// <summary>argoproj.io/v1alpha1.</summary>
    public const string Experiment = """
        {analyses[{args[{name:s,value:s,valueFrom{fieldRef{fieldPath:s},secretKeyRef{key:s,name:s}}},clusterScope:b,name:s,
        requiredForCompletion:b,templateName:s},analysisRunMetadata{annotations<s,labels<s},dryRun[{metricName:s},duration:s,
        measurementRetention[{limit:i,metricName:s},progressDeadlineSeconds:i,scaleDownDelaySeconds:i,templates[{minReadySeconds:i,name:s,
        replicas:i,selector{matchExpressions[{key:s,operator:s,values[s},matchLabels<s},service{name:s},template*},terminate:b}
        """;
}
