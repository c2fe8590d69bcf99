# العربية الفصحى المعاصرة

## اللغة نفسها

language-name = العربية
language-direction = rtl
number-group = ,
date = { $day } { $month ->
    [1] يناير
    [2] فبراير
    [3] مارس
    [4] أبريل
    [5] مايو
    [6] يونيو
    [7] يوليو
    [8] أغسطس
    [9] سبتمبر
    [10] أكتوبر
    [11] نوفمبر
   *[12] ديسمبر
} { $year }
date-time = { $day } { $month ->
    [1] يناير
    [2] فبراير
    [3] مارس
    [4] أبريل
    [5] مايو
    [6] يونيو
    [7] يوليو
    [8] أغسطس
    [9] سبتمبر
    [10] أكتوبر
    [11] نوفمبر
   *[12] ديسمبر
} { $year }، { $time } بالتوقيت العالمي

## في عدة صفحات

page-dev = وضع التطوير، بيانات مؤقتة
page-error = خطأ: { $title }
page-new-tab = (يُفتح في علامة تبويب جديدة)
page-email = البريد الإلكتروني
page-password = كلمة المرور
page-sign-in = تسجيل الدخول
page-sign-out = تسجيل الخروج
page-continue = متابعة
page-continue-to = للمتابعة إلى { $client }
page-signed-in-as = سجّلت الدخول باسم { $user }.
page-for-developers = لمطوّري هذا التطبيق
page-privacy = سياسة الخصوصية
page-terms = الشروط
page-links = عن هذا الموقع
page-support = المساعدة
page-website = الموقع الإلكتروني

## /login

login-title = تسجيل الدخول
login-heading = تسجيل الدخول إلى { $brand }
login-confirm = أكّد أنك أنت
login-confirm-why = تتطلب هذه الخطوة تحققًا جديدًا، لذا يُرجى إدخال كلمة المرور مرة أخرى.
login-trouble = هل تواجه مشكلة في تسجيل الدخول؟
login-trouble-help = تحقق من عنوان البريد الإلكتروني ومن أن مفتاح Caps Lock غير مفعّل. أما زالت المشكلة قائمة؟ يستطيع القائمون على { $brand } منحك كلمة مرور جديدة.
login-people = أو سجّل الدخول بنقرة واحدة
login-wrong = لا يوجد هنا حساب يطابق هذا البريد الإلكتروني وكلمة المرور هذه. تحقق منهما وحاول مرة أخرى.
login-throttled = { $seconds ->
    [one] محاولات كثيرة جدًا. انتظر ثانية واحدة ثم حاول مرة أخرى.
    [two] محاولات كثيرة جدًا. انتظر ثانيتين ثم حاول مرة أخرى.
    [few] محاولات كثيرة جدًا. انتظر { $seconds } ثوانٍ ثم حاول مرة أخرى.
    [many] محاولات كثيرة جدًا. انتظر { $seconds } ثانيةً ثم حاول مرة أخرى.
   *[other] محاولات كثيرة جدًا. انتظر { $seconds } ثانية ثم حاول مرة أخرى.
}

## /select

select-title = اختر حسابًا
select-continue = المتابعة باسم { $user }
select-signed-in = مسجّل الدخول
select-another = استخدام حساب آخر

## /consent

consent-title = يطلب { $client } الوصول
consent-wants = يريد { $client } استخدام حسابك في { $brand }
consent-wants-more = { $things ->
    [one] يطلب { $client } إذنًا إضافيًا واحدًا
   *[other] يطلب { $client } أذونات إضافية
}
consent-described-at = موصوف في { $host }
consent-goes-to = تُرسل الإجابات إلى { $host }
consent-approved = اعتمده { $brand } في { $day }
consent-third-party = ليس من صنع { $brand }
consent-local = يعمل هذا التطبيق على جهازك أنت، ولا يستطيع { $brand } التأكد من أنه { $client } حقًا. لا تتابع إلا إذا كنت قد شغّلته بنفسك للتو.
consent-signed-in-as = مسجّل الدخول باسم { $user }
consent-switch = تبديل الحساب
consent-will = سيتمكن التطبيق من
consent-will-also = سيتمكن التطبيق أيضًا من
consent-new = جديد
consent-offline = البقاء متصلًا في غيابك
    .detail = أزل العلامة للسماح بهذه الزيارة فقط.
consent-before = ما سمحت به سابقًا ({ $count })
consent-places = أين يُسمح له بذلك
consent-only-you = يعرف التطبيق أنك أنت، ولا شيء غير ذلك عنك.
consent-workspace = أين يُسمح له بالعمل
consent-never = لن يرى التطبيق كلمة مرورك.
consent-allow = السماح
consent-deny = إلغاء
consent-disconnect = يمكنك فصل { $client } في أي وقت:

## معاني الأذونات والمعلومات في صفحة /consent

scope-profile = الاطّلاع على اسمك وملفك الشخصي
    .detail = الاسم والصورة واللغة والمنطقة الزمنية.
scope-email = الاطّلاع على بريدك الإلكتروني
scope-address = الاطّلاع على عنوانك البريدي
scope-phone = الاطّلاع على رقم هاتفك
scope-admin = إدارة { $brand }
    .detail = تسجيل التطبيقات وتعديلها وإدارة الأشخاص، بقدر ما تستطيع أنت.
scope-unknown = { $scope }
    .detail = يطلب التطبيق هذا باسمه التقني.
claim-name = الاطّلاع على اسمك الكامل
claim-given-name = الاطّلاع على اسمك الأول
claim-family-name = الاطّلاع على اسم عائلتك
claim-middle-name = الاطّلاع على اسمك الأوسط
claim-preferred-username = الاطّلاع على اسم المستخدم الخاص بك
claim-profile = الاطّلاع على صفحة ملفك الشخصي
claim-birthdate = الاطّلاع على تاريخ ميلادك
claim-zoneinfo = الاطّلاع على منطقتك الزمنية
claim-locale = الاطّلاع على لغتك
claim-email = الاطّلاع على بريدك الإلكتروني
claim-email-verified = معرفة ما إذا كان بريدك الإلكتروني قد تم التحقق منه
claim-phone-number = الاطّلاع على رقم هاتفك
claim-phone-number-verified = معرفة ما إذا كان رقم هاتفك قد تم التحقق منه
claim-address = الاطّلاع على عنوانك البريدي
claim-updated-at = معرفة موعد آخر تغيير في حسابك
claim-nickname = الاطّلاع على لقبك
claim-picture = الاطّلاع على صورتك
claim-website = الاطّلاع على موقعك الإلكتروني
claim-gender = الاطّلاع على جنسك
claim-other = الاطّلاع على المعلومة «{ $claim }»

## /logout

logout-title = تسجيل الخروج
logout-heading = هل تريد تسجيل الخروج من { $brand }؟
logout-asked = طلب منا { $client } ({ $host }) تسجيل خروجك من هنا أيضًا.
logout-come-back = ستحتاج إلى كلمة مرورك للعودة.
logout-nobody = يبدو أن لا أحد مسجّل الدخول في هذا المتصفح. لا ضرر من تسجيل الخروج مرة أخرى.
logout-stay = البقاء هنا
logout-done = تم تسجيل خروجك
logout-others = لحظة من فضلك: تسجّل التطبيقات الأخرى التي فتحتها خروجك أيضًا.
logout-left-for = لقد غادرت { $brand }. إذا كان { $client } لا يزال يعرض بياناتك، فسجّل الخروج منه أيضًا.
logout-left = لقد غادرت { $brand } في هذا المتصفح. قد تكون التطبيقات التي فتحتها به ما زالت مسجّلة الدخول.
logout-shared = إذا كنت تستخدم حاسوبًا مشتركًا، فأغلق النافذة أيضًا.
logout-onward = متابعة
logout-onward-to = المتابعة إلى { $client }
logout-again = تسجيل الدخول من جديد
logout-frame = تطبيق آخر يسجّل خروجك

## /setup

setup-title = إنشاء أول حساب مدير
setup-welcome = أهلًا بك. يتولى هذا الحساب إدارة الأشخاص والتطبيقات والحسابات المرتبطة في { $brand }. يمكنك إضافة مديرين آخرين لاحقًا.
setup-name = اسمك
setup-password-hint = 8 أحرف على الأقل. بضع كلمات متتالية يسهل تذكّرها ويصعب تخمينها.
setup-create = إنشاء حساب المدير
setup-once = يعمل هذا الرابط مرة واحدة فقط. هل فقدته؟ نفّذ { $command } على الخادم للحصول على رابط جديد.
setup-taken = يوجد حساب بهذا العنوان بالفعل.
setup-done = كل شيء جاهز
setup-ready = حساب المدير جاهز، ولم يعد رابط الإعداد صالحًا.
setup-next = الخطوة التالية: سجّل أول تطبيق لك على الخادم: { $command }

## كلمات مرور وعناوين غير مقبولة

password-short = اختر كلمة مرور من { $least } أحرف على الأقل؛ بضع كلمات متتالية يسهل تذكّرها.
password-long = يجب ألا يزيد طول كلمة المرور على { $most } بايت.
password-personal = يجب ألا تكون كلمة المرور اسمك أو عنوانك مع إضافة في آخره.
password-common = هذه من كلمات المرور التي يجرّبها المهاجمون أولًا؛ اختر غيرها.
email-long = يجب ألا يزيد طول عنوان البريد الإلكتروني على { $most } حرفًا.
email-letters = يُكتب عنوان البريد الإلكتروني بأحرف لاتينية بسيطة ومن دون مسافات.
email-invalid = هذا ليس عنوان بريد إلكتروني. يجب أن يكون على شكل name@example.com.

## /

home-title = أهلًا بك
home-account = حسابك
home-account-what = ما يستطيع التصرف نيابةً عنك، وكلمة مرورك، وأين سجّلت الدخول
home-signed-in = لقد سجّلت الدخول
home-as = باسم { $user }
home-playground = ساحة التجربة
home-playground-what = جرّب كل المسارات في المتصفح
home-heading = تسجيل دخول واحد لكل تطبيقاتك
home-what = يخبر { $brand } التطبيقات من أنت، ويتيح لك أن تقرر ما يُسمح لها به. ولا يكشف لها كلمة مرورك أبدًا.
home-administrator = مدير
home-dev = وضع التطوير
home-developers = للمطوّرين:
home-discovery = بيانات OpenID Connect الوصفية

## /account

account-sections = في هذه الصفحة
account-more = عرض المزيد
account-older = عرض الأقدم
account-newest = العودة إلى الأحدث
account-at = { $time }
account-who = { $user }
account-apps = ما يستطيع التصرف نيابةً عنك
account-apps-what = تطبيقات يحق لها استخدام حسابك في { $brand }. افصل أحدها فينتهي وصوله فورًا.
account-apps-none = لا يستطيع أي تطبيق التصرف نيابةً عنك.
account-app = { $client }
account-app-idle = غير متصل الآن
    .detail = لن يحتاج إلى سؤالك مجددًا عن هذا:
account-app-stays = يبقى متصلًا
account-app-leaves = أثناء استخدامك له فقط
account-app-workspace = في { $workspace }
account-app-since = سُمح له في { $day }
account-app-used = آخر استخدام { $time }
account-app-end = فصل
account-app-end-named = فصل { $client }
account-app-ended = تم فصل التطبيق. لم يعد يستطيع التصرف نيابةً عنك، وعليه أن يسألك من جديد.
account-tokens = رموز API
account-tokens-none = لا شيء بعد. ستظهر هنا الرموز الخاصة ببرامجك النصية.
account-connections = الحسابات المتصلة
account-connections-none = لا شيء بعد. ستظهر هنا حساباتك لدى خدمات أخرى.
account-profile = الملف الشخصي
account-name = الاسم
account-name-letters = لا يزيد الاسم على { $most } حرف، وكلها ظاهرة.
account-language = اللغة
account-language-browser = كما يحدد المتصفح
account-language-unknown = اختر إحدى لغات القائمة.
account-email = بريدك الإلكتروني هو { $email }. يستطيع القائمون على { $brand } تغييره.
account-save = حفظ
account-profile-saved = تم حفظ ملفك الشخصي.
account-profile-stale = تغيّر حسابك من مكان آخر للتو. راجعه مرة أخرى ثم احفظ.
account-security = الأمان
account-password-current = كلمة المرور الحالية
account-password-new = كلمة المرور الجديدة
account-password-others = تبقى مسجّل الدخول هنا، ويُسجَّل خروجك من كل مكان آخر.
account-password-change = تغيير كلمة المرور
account-password-changed = تم تغيير كلمة مرورك، وسُجِّل خروجك من كل مكان آخر.
account-password-wrong = هذه ليست كلمة مرورك الحالية. لم يتغير شيء.
account-password-same = هذه هي كلمة مرورك نفسها. اختر غيرها.
account-password-none = ليس لحسابك كلمة مرور.
account-sessions = أين سجّلت الدخول
account-session-this = هذا الجهاز
account-session-network = من { $network }
account-session-since = تسجيل الدخول { $time }
account-session-seen = آخر ظهور { $time }
account-session-end = تسجيل خروج { $device }
account-session-ended = تم تسجيل خروج ذلك الجهاز.
account-sessions-end = تسجيل الخروج من كل مكان آخر
account-sessions-ended = تم تسجيل خروجك من كل مكان آخر.
account-activity = النشاط
account-activity-none = لا شيء بعد.
device-both = { $browser } على { $system }
device-one = { $device }
device-unknown = جهاز غير معروف
activity-allowed = سمحت لتطبيق { $client } بالتصرف نيابةً عنك
activity-declined = لم تسمح لتطبيق { $client } بالتصرف نيابةً عنك
activity-withdrawn = فصلت { $client }
activity-signed-in = سجّلت الدخول
activity-confirmed = أكّدت أنك أنت
activity-refused = جرّب أحدهم كلمة مرور خاطئة
activity-signed-out = سجّلت الخروج
activity-device-out = سجّلت خروج جهاز آخر
activity-others-out = سجّلت الخروج من كل مكان آخر
activity-created = أُنشئ حسابك
activity-enabled = أُعيد فتح حسابك
activity-disabled = أُوقف حسابك
activity-role = أُعطيت دورًا آخر
activity-password-set = أعطاك أحد المسؤولين كلمة مرور أخرى
activity-password-changed = غيّرت كلمة مرورك
activity-profile = غيّرت ملفك الشخصي
activity-signed-out-by = سجّل أحد المسؤولين خروجك من كل مكان

## في طريق العودة إلى التطبيق

onward-title = المتابعة إلى { $client }
onward-heading = جارٍ نقلك إلى { $client }
onward-no-scripts = لا يشغّل متصفحك البرامج النصية هنا، لذا يلزم الضغط مرة أخرى.

## عند حدوث ما يمنع المتابعة: ما حدث، ولماذا، وما العمل

error-restart = البدء من جديد
error-reference = الرقم المرجعي

stopped-form = لم ينجح ذلك
    .sentence = لا يمكننا قراءة هذا النموذج.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-link = لم ينجح ذلك
    .sentence = لا يمكننا قراءة هذا الرابط.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-too-long = لم ينجح ذلك
    .sentence = عنوان البريد الإلكتروني أو كلمة المرور أطول من اللازم.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-no-person = لم ينجح ذلك
    .sentence = لا يوجد هنا شخص كهذا.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-not-yours = لا يوجد شيء كهذا هنا
    .sentence = إنه ليس لك، أو أنه انتهى بالفعل.
    .next = ارجع إلى حسابك وانظر مرة أخرى.
stopped-logout-twice = لم ينجح ذلك
    .sentence = يتكرر أحد المعاملات في رابط تسجيل الخروج هذا.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-logout-state = لم ينجح ذلك
    .sentence = قيمة state في رابط تسجيل الخروج هذا أطول من اللازم؛ الحد الأقصى { $most } بايت.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-more-than-asked = لم ينجح ذلك
    .sentence = يسمح النموذج بأكثر مما طلبه التطبيق.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-no-choice = لم ينجح ذلك
    .sentence = اختر «السماح» أو «إلغاء».
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-no-workspace = لم ينجح ذلك
    .sentence = اختر إحدى مساحات عملك.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-forged = لا يمكننا التأكد من أن هذا الطلب منك
    .sentence = لم يُرسل النموذج من صفحتنا في هذا المتصفح، أو أن متصفحك يحظر ملف تعريف الارتباط الذي نعرف به ذلك.
    .next = اسمح بملفات تعريف الارتباط لهذا الموقع، ثم افتح الصفحة من جديد وأعد ما فعلته.
stopped-expired = انتهت صلاحية هذه الصفحة
    .sentence = انتظرت الصفحة أطول من اللازم، أو أُكملت في علامة تبويب أخرى، أو فُتحت في متصفح آخر.
    .next = ارجع إلى التطبيق الذي جئت منه وابدأ من جديد.
stopped-busy = الضغط كبير الآن
    .sentence = لم نتمكن من معالجة طلبك في الوقت المناسب. لم يُفقد شيء.
    .next = حاول مرة أخرى بعد بضع ثوانٍ.
stopped-fault = الخطأ من عندنا
    .sentence = حدث خطأ ما لدينا. لقد سُجّل الخطأ، وبياناتك في أمان.
    .next = حاول مرة أخرى، وإذا تكرر الأمر فأبلغ القائمين على هذا الموقع بالرقم المرجعي أدناه.
stopped-setup-link = لم يعد رابط الإعداد هذا صالحًا
    .sentence = لقد استُخدم من قبل، أو انقضت ساعة صلاحيته.
    .next = يستطيع من يدير هذا الخادم إنشاء رابط جديد: symbolon user setup-link
stopped-unknown-client = رابط تسجيل الدخول هذا غير مكتمل
    .sentence = التطبيق الذي أرسلك إلى هنا غير معروف لدينا، لذا لا نعرف إلى أين نعيدك. لم تتم مشاركة أي شيء.
    .next = ارجع إلى التطبيق وحاول مرة أخرى، أو أبلغ صانعيه.
stopped-not-approved = لا يُسمح باستخدام هذا التطبيق هنا بعد
    .sentence = لقد عرّف التطبيق نفسه لدى { $brand }، لكن القائمين على { $brand } لم يعتمدوه بعد. لم تتم مشاركة أي شيء.
    .next = اطلب من القائمين على { $brand } اعتماده، ثم حاول مرة أخرى.
stopped-document = لا يمكننا معرفة أي تطبيق هذا
    .sentence = التطبيق الذي أرسلك إلى هنا يصف نفسه في صفحة خاصة به، ولا يمكننا استخدام ما فيها. لم تتم مشاركة أي شيء.
    .next = ارجع إلى التطبيق وحاول مرة أخرى، أو أبلغ صانعيه؛ التفاصيل أدناه تساعدهم.
stopped-document-busy = لا يمكننا معرفة أي تطبيق هذا
    .sentence = التطبيق الذي أرسلك إلى هنا يصف نفسه في صفحة خاصة به، وعدد كبير من هذه الصفحات قيد القراءة الآن. لم تتم مشاركة أي شيء.
    .next = انتظر دقيقة، ثم ارجع إلى التطبيق وحاول مرة أخرى.
stopped-sealed = لا يمكن قراءة رابط تسجيل الدخول هذا
    .sentence = أرسل { $client } طلبًا مختومًا لا يمكننا استخدامه. لم تتم مشاركة أي شيء.
    .next = يُرجى إبلاغ الدعم الفني لدى { $client }؛ الرقم المرجعي أدناه يساعدهم.
stopped-redirect = لا يمكننا إعادتك إلى { $client }
    .sentence = طلب منا التطبيق استخدام عنوان ليس في قائمته. لم تتم مشاركة أي شيء.
    .next = يُرجى إبلاغ الدعم الفني لدى { $client }؛ الرقم المرجعي أدناه يساعدهم.
stopped-client-changed = لقد تغيّر التطبيق
    .sentence = غيّر التطبيق ما يقوله عن نفسه أثناء اطّلاعك على الصفحة. لم تتم مشاركة أي شيء.
    .next = ارجع إلى التطبيق وابدأ من جديد؛ عندئذ ترى ما يقوله الآن.
stopped-decided = لقد قررت هذا من قبل
    .sentence = أُرسل النموذج مرتين، أو سبقته علامة تبويب أخرى.
    .next = ارجع إلى التطبيق؛ وإن لم يكن متصلًا فابدأ من جديد هناك.
